# What test.sh looks at, and how. Sourced.
namespace=openvidu-token
client=token-client      # its pod may call gRPC
stranger=token-stranger  # its pod may not
monitoring=token-monitoring  # its pod may read metrics
rest_url=http://token-gateway.$namespace
grpc_target=dns:///token-server.$namespace:50051
callers=4  # calls in flight at once, and so those that a node can take along when it dies
repository=$(cd ../.. && pwd)
version=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' "$repository/CMakeLists.txt")
work=$(mktemp -d)
passed=0 failed=0
declare -A loads=()

k() { ${KUBECTL:-kubectl} "$@"; }
not() { ! "$@"; }
# holds FILTER [FLAG…] [FILE]: jq says true of what it reads, and that is something.
holds() { [ "$(jq "$@")" = true ]; }
same() { [ -n "$1" ] && [ "$1" = "$2" ] || { echo "was: $1, is: $2"; return 1; }; }
includes() { [ -n "$2" ] && [ "$(sort <(echo "$1") <(echo "$2") | uniq -d)" = "$(echo "$2" | sort)" ] || { echo "$1 is without some of $2"; return 1; }; }

check() {  # check NAME COMMAND…
  local name=$1 said
  shift
  # Not in a subshell: loads begin and end here.
  if "$@" > "$work/said" 2>&1; then
    echo "  ok   $name"
    passed=$((passed + 1))
  else
    echo "  FAIL $name"
    head -c 1500 "$work/said" | sed 's/^/       /'
    failed=$((failed + 1))
  fi
}

eventually() {  # eventually SECONDS COMMAND…
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 1
  done
}

nodes_for_pods() {
  k get nodes -o json | jq -r '.items[] | select([.spec.taints[]? | select(.effect != "PreferNoSchedule")
    | select(.key != "node.kubernetes.io/unschedulable")] == []) | .metadata.name'
}
node_to_keep() { nodes_for_pods | head -1; }
node_to_lose() { nodes_for_pods | tail -1; }

helper_pod() {  # helper_pod NAMESPACE [LABEL]: a namespace with a pod that calls
  k create namespace "$1" > /dev/null
  k label namespace "$1" pod-security.kubernetes.io/enforce=restricted ${2:-} > /dev/null
  k apply -f - > /dev/null <<POD
apiVersion: v1
kind: Pod
metadata: {name: calls, namespace: $1}
spec:
  automountServiceAccountToken: false
  nodeSelector: {kubernetes.io/hostname: $(node_to_keep)}
  securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: calls
    image: localhost/openvidu-token-service-tools:$version
    imagePullPolicy: IfNotPresent
    command: [cluster-calls, wait]
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
POD
  k -n "$1" wait --for condition=Ready pod/calls --timeout 120s > /dev/null
}

prepare() {
  trap 'rm -rf "$work"' EXIT
  if [ -n "${LOAD_IMAGE:-}" ]; then
    for name in service tools; do $LOAD_IMAGE "$repository/build/image/$name.tar"; done
  fi
  [ "$(nodes_for_pods | wc -l)" -ge 2 ] || { echo "the cluster has not two nodes that take pods"; exit 1; }
  [ -z "${CRDS:-}" ] || { k apply --server-side -f "$CRDS" && k wait --for condition=Established crd --all; } > /dev/null
  k delete namespace "$client" "$stranger" "$monitoring" "$namespace" --ignore-not-found > /dev/null
  k create -f common/namespace.yaml > /dev/null  # without it nothing in it can be tried
  helper_pod "$client" openvidu-token-service/client=true
  helper_pod "$stranger"
  helper_pod "$monitoring" openvidu-token-service/metrics=true
  # Where only some groups of checks run, they find what the first one makes.
  if ! [[ dev_is_ready =~ ${1:-.} ]]; then
    k apply -k overlays/dev > /dev/null 2>&1
    pin openvidu-emulator
    for deployment in openvidu-emulator token-server token-gateway; do settled $deployment > /dev/null; done
  fi
}

pin() {  # pin DEPLOYMENT: onto a node that is not lost
  k -n "$namespace" patch deployment "$1" --type merge -p \
    "{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"kubernetes.io/hostname\":\"$(node_to_keep)\"}}}}}" > /dev/null
}

pods() { k -n "$namespace" get pods -l "app.kubernetes.io/name=$1" -o json; }
# Those that are not about to go.
pods_of() { pods "$1" | jq -r '.items[] | select(.metadata.deletionTimestamp == null) | .metadata.name'; }
pod_identities() {
  pods "$1" | jq -r '.items[] | select(.metadata.deletionTimestamp == null) | select(.status.containerStatuses[0].ready)
    | .metadata.uid + ":" + (.status.containerStatuses[0].restartCount | tostring)' | sort
}
pod_runs() { k -n "$namespace" get pod "$1" -o json | holds '.metadata.deletionTimestamp == null and .status.phase == "Running"'; }
on_nodes() { same "$2" "$(pods "$1" | jq -r '.items[].spec.nodeName' | sort -u | wc -l)"; }
replicas_not_on() { # DEPLOYMENT NODE COUNT
  same "$3" "$(pods "$1" | jq -r --arg node "$2" '[.items[] | select(.spec.nodeName != $node)
    | select(.metadata.deletionTimestamp == null) | select(.status.containerStatuses[0].ready)] | length')"
}
a_container_waits() { pods "$1" | holds --arg why "$2" '[.items[].status.containerStatuses[0].state.waiting.reason] | index($why) != null'; }
last_words_are() {  # DEPLOYMENT TEXT: of one of its pods that ended
  local pod
  for pod in $(pods_of "$1"); do k -n "$namespace" logs "$pod" --previous 2> /dev/null | grep "$2" && return; done
  return 1
}
enforces_restricted() {
  grep "violates PodSecurity" <<< "$(k -n "$namespace" run privileged --image=none --dry-run=server --privileged 2>&1)"
}
roll() {
  k -n "$namespace" rollout restart "deployment/$1" && settled "$1"
}
rollout_stops() {
  grep "timed out waiting" <<< "$(k -n "$namespace" rollout status "deployment/$1" --timeout 20s 2>&1)"
}
has_only_its_replicas() { [ "$(pods "$1" | jq '.items | length')" = "$(replicas "$1")" ]; }
# Complete, and nothing old is left.
settled() {
  k -n "$namespace" rollout status "deployment/$1" --timeout 400s &&
    eventually 120 has_only_its_replicas "$1"
}
endpoint_is() {  # endpoint_is POD ready|gone
  k -n "$namespace" get endpointslices -l kubernetes.io/service-name=token-server -o json |
    holds --arg pod "$1" --arg state "$2" \
      '[.items[].endpoints[] | select(.targetRef.name == $pod) | .conditions.ready] | any == ($state == "ready")'
}
evict() {
  echo "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"$1\",\"namespace\":\"$namespace\"}}" |
    k create --raw "/api/v1/namespaces/$namespace/pods/$1/eviction" -f -
}
evict_says() { grep "$2" <<< "$(evict "$1" 2>&1)"; }
set_secret() {
  k -n "$namespace" patch secret openvidu -p "{\"stringData\":{\"secret\":\"$1\"}}" > /dev/null
}
terminate_in() {  # the program of this pod, from a container beside it
  k -n "$namespace" debug "$1" --profile restricted --image "localhost/openvidu-token-service-tools:$version" \
    --target token-server -- cluster-calls terminate 1
}
node_is_lost() { k get node "$1" -o json | holds '.status.conditions[] | select(.type == "Ready") | .status != "True"'; }
autoscaler_has_metrics() {
  k -n "$namespace" get hpa token-server -o json | holds '.status.currentMetrics[0].resource.current.averageUtilization != null'
}
replicas() { k -n "$namespace" get deployment "$1" -o jsonpath='{.spec.replicas}'; }
more_replicas_than() { [ "$(replicas "$1")" -gt "$2" ]; }
replicas_are() { same "$2" "$(replicas "$1")"; }

node_address() {
  k get node "$(node_to_keep)" -o json | jq -r '[.status.addresses[] | select(.type == "InternalIP")][0].address'
}

# REST from outside, by a node's port.
rest() {
  local address port
  address=$(node_address)
  port=$(k -n "$namespace" get service token-gateway -o jsonpath='{.spec.ports[0].nodePort}')
  ${OUTSIDE:-} curl --silent --show-error --max-time 30 -X POST -H 'Content-Type: application/json' \
    "http://$address:$port/api/sessions/outside/join" -d '{}'
}
rest_gives_token() { rest | grep -F '"token":"wss://'; }

# The way in, by components/gateway-api or components/ingress.
edge_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=token-edge-test \
    -addext "subjectAltName=DNS:*.example.com" -keyout "$work/edge.key" -out "$work/edge.crt" 2> /dev/null
  k -n "$namespace" create secret tls token-edge-tls --cert="$work/edge.crt" --key="$work/edge.key" > /dev/null
}
edge_component() {  # edge_component COMPONENT [VERB]: with this cluster's class
  sed -E "s/^(  (gatewayClassName|ingressClassName): ).*/\1$EDGE_CLASS/" "components/$1/${1/gateway-api/routes}.yaml" |
    k -n "$namespace" ${2:-apply} -f - > /dev/null
}
edge_curl() {  # edge_curl HOST PATH FLAG…
  ${OUTSIDE:-} curl --silent --show-error --insecure --max-time 30 --resolve "$1:$EDGE_PORT:$(node_address)" \
    "https://$1:$EDGE_PORT$2" "${@:3}"
}
gateway_is_programmed() {
  k -n "$namespace" get gateway token-edge -o json | holds '[.status.conditions[]? | select(.type == "Programmed").status] == ["True"]'
}
edge_rest_gives_token() {
  edge_curl tokens.example.com /api/sessions/edge/join -X POST -H 'Content-Type: application/json' -d '{}' |
    grep -F '"token":"wss://'
}
edge_shows_the_certificate() {
  edge_curl tokens.example.com /api/sessions --verbose 2>&1 | grep "subject: CN=token-edge-test"
}
# JoinSession by hand, to need nothing but curl: a message of 6 bytes, custom_session_id "edge".
edge_grpc_gives_token() {
  printf '\0\0\0\0\6\n\4edge' | edge_curl grpc-tokens.example.com /openvidu.token.v1.TokenService/JoinSession --http2 \
    -H 'Content-Type: application/grpc' -H 'TE: trailers' --data-binary @- --output - | tr -d '\0' | grep -a 'token=tok_'
}
edge_has_only_the_api() {
  for path in / /readyz /metrics; do
    same 404 "$(edge_curl tokens.example.com $path --output /dev/null --write-out '%{http_code}')" || return
  done
}
edge_grpc_needs_the_policy() {
  k -n "$namespace" delete networkpolicy edge-to-token-server &&
    eventually 60 not edge_grpc_gives_token
}

calls() {  # calls NAMESPACE ARGUMENT…: cluster-calls in the pod there
  k -n "$1" exec calls -- cluster-calls "${@:2}"
}
calls_succeed() { calls "$@"; }
# Where not even the pod can be entered, nothing is shown.
calls_fail() { ! calls "$@" > "$work/calls" && cat "$work/calls" && holds '.ok == 0 and .lost > 0' "$work/calls"; }
call_all_servers() {  # into $work/spread, for long enough that all are connected to
  calls "$client" grpc "$grpc_target" --calls=1000 --concurrency="$callers" --pause=5ms > "$work/spread"
  cat "$work/spread"
  holds --argjson servers "$(replicas token-server)" '(.servers | length) == $servers' "$work/spread"
}
calls_are_spread() {
  call_all_servers &&
    holds '.lost == 0 and (.servers | (add / length) as $mean | all(. > 0.9 * $mean and . < 1.1 * $mean))' "$work/spread"
}
metrics() {  # metrics NAMESPACE: of some pod, as the pod there reads them
  calls "$1" get "http://token-metrics.$namespace:9464" /metrics
}
metrics_are_read() { metrics "$1" > "$work/metrics" && grep -q '^openvidu_token_build_info{' "$work/metrics"; }
# No connection is made: whoever answers it, be it with an error, has let the pod in.
metrics_are_refused() { metrics "$1"; [ $? = 3 ]; }
servers_give_tokens() {  # all|none
  call_all_servers && holds --arg which "$1" '(if $which == "all" then .lost else .ok end) == 0' "$work/spread"
}

load_begin() {  # load_begin grpc|http TARGET [FLAG…]: calls until load_end, a thousand at least
  k -n "$client" exec calls -- cluster-calls "$1" "$2" --concurrency="$callers" --calls=1000 --seconds=1h \
    --pause=20ms "${@:3}" \
    > "$work/load-$1" 2> "$work/load-$1.errors" &
  loads[$1]=$!
  eventually 60 grep -qs '^pid ' "$work/load-$1.errors"
}
load_end() {  # load_end [grpc|http]: what came of the calls, in $result
  local kind=${1:-${!loads[*]}}
  k -n "$client" exec calls -- cluster-calls terminate "$(sed -n 's/^pid //p' "$work/load-$kind.errors")"
  wait "${loads[$kind]}"
  unset "loads[$kind]"
  result=$(cat "$work/load-$kind")
  echo "$result"
}
load_end_lost_none() {  # load_end_lost_none CALLS [grpc|http]: of that many calls at least
  load_end "${2:-}"
  holds --argjson calls "$1" '.lost == 0 and .ok >= $calls' <<< "$result"
}
load_end_lost_few() {
  load_end "$1"
  holds --argjson callers "$callers" '.lost <= $callers and .ok >= 100' <<< "$result"
}

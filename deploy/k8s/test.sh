#!/usr/bin/env bash
# Watches the service on a real cluster: applies the overlay `dev` and looks at what its objects do. For a cluster that
# may be broken: it deletes namespaces, drains nodes and, if it may, kills one. `deploy/k8s/cluster/run` makes one for it.
#
#   KUBECTL='kubectl --context kind-test' LOAD_IMAGE='kind load image-archive' OUTSIDE='docker exec kind-client' \
#     KILL_NODE='docker kill' CRDS=folder deploy/k8s/test.sh [CHECKS]
#
#   KUBECTL     kubectl, for an administrator
#   LOAD_IMAGE  a command that puts an image's archive on the nodes; without it they have to be there
#   OUTSIDE     a command prefix to run curl by, from where the nodes' addresses can be reached
#   KILL_NODE   a command that kills the node of this name; without it that check fails
#   CRDS        a folder with the definitions of the custom resources, where the cluster does not have them
#   EDGE_CLASS, EDGE_PORT  a GatewayClass and an IngressClass of this name, whose proxies are in the namespace
#               gateway-system and have HTTPS on this port of the nodes; without it the edge is not looked at
#   CHECKS      a regular expression: only groups of checks of a name like that; see the end of this file
#
# The cluster needs two nodes that take pods, network policies that are enforced, and a metrics server. A line a check; the
# last one counts.
set -uo pipefail
cd "$(dirname "$0")"
. ./test-lib.sh

dev_is_ready() {
  check "the server-side dry run of prod passes" k apply -k overlays/prod --dry-run=server
  check "dev applies with one command" k apply -k overlays/dev
  pin openvidu-emulator
  for deployment in openvidu-emulator token-server token-gateway; do
    check "$deployment becomes ready" k -n "$namespace" rollout status "deployment/$deployment" --timeout 300s
  done
  check "replicas of the server are on different nodes" on_nodes token-server 2
  check "replicas of the gateway are on different nodes" on_nodes token-gateway 2
  check "the pods keep to PodSecurity restricted" enforces_restricted
}

tokens_are_given() {
  check "REST from outside the cluster gives a token" rest_gives_token
  check "gRPC from another pod gives a token" calls_succeed "$client" grpc "$grpc_target"
  check "calls go to all servers, within 10 %" calls_are_spread
}

strangers_are_refused() {
  check "a stranger's pod reaches REST" calls_succeed "$stranger" http "$rest_url" --calls=3
  check "a stranger's pod is refused on gRPC" calls_fail "$stranger" grpc "$grpc_target"
  check "a gateway passes to gRPC" rest_gives_token
  check "the monitoring reads metrics" metrics_are_read "$monitoring"
  check "a stranger's pod is refused on metrics" metrics_are_refused "$stranger"
  check "and so is one that may call" metrics_are_refused "$client"
  check "the emulator refuses who is no server" calls_fail "$client" http "http://openvidu-emulator.$namespace:4443" --patience=3s
}

unready_pods_get_no_calls() {
  local pod
  pod=$(pods_of token-server | head -1)
  load_begin grpc "$grpc_target"
  # SIGTERM to its program, and not to the pod: it says that it is not ready, and is started anew after its drain.
  check "a server says that it is not ready" terminate_in "$pod"
  check "it leaves the Service's endpoints" eventually 30 endpoint_is "$pod" gone
  check "its pod is still there" pod_runs "$pod"
  check "it comes back when it is ready" eventually 120 endpoint_is "$pod" ready
  check "no call is lost in it" load_end_lost_none 100
}

new_secret_is_taken() {
  local before
  before=$(pod_identities token-server)
  set_secret WRONG
  check "a wrong secret in the Secret is noticed by all" eventually 240 servers_give_tokens none
  set_secret MY_SECRET
  check "the right one in it is taken by all" eventually 240 servers_give_tokens all
  check "without a restart" same "$before" "$(pod_identities token-server)"
}

servers_are_updated() {
  load_begin grpc "$grpc_target"
  load_begin http "$rest_url"
  check "the servers are replaced" roll token-server
  check "no call by the headless name is lost in it" load_end_lost_none 1000 grpc
  check "no call through the gateways is lost in it" load_end_lost_none 1000 http
}

gateways_are_updated() {
  load_begin http "$rest_url"
  check "the gateways are replaced" roll token-gateway
  check "no request is lost in it" load_end_lost_none 1000 http
}

bad_configuration_stops_the_rollout() {
  local before
  before=$(pod_identities token-server)
  load_begin http "$rest_url"
  k -n "$namespace" set env deployment/token-server OPENVIDU_URL=ftp://nowhere > /dev/null
  check "a server with a mistaken URL does not start" eventually 120 a_container_waits token-server CrashLoopBackOff
  check "it says what is mistaken" eventually 60 last_words_are token-server "OpenVidu"
  check "the roll-out stops" rollout_stops token-server
  check "the old pods are there" includes "$(pod_identities token-server)" "$before"
  check "and serve all calls" load_end_lost_none 100
  check "the roll-out can be undone" k -n "$namespace" rollout undo deployment/token-server
  check "and is then complete" k -n "$namespace" rollout status deployment/token-server --timeout 120s
}

budget_keeps_a_replica() {
  local first second
  { read -r first; read -r second; } < <(pods_of token-server)
  for node in $(nodes_for_pods); do k cordon "$node" > /dev/null; done
  check "the first eviction is granted" evict "$first"
  check "the second one is refused" not evict "$second"
  check "by the disruption budget" evict_says "$second" "disruption budget"
  for node in $(nodes_for_pods); do k uncordon "$node" > /dev/null; done
  check "the evicted pod is replaced" settled token-server
}

autoscaler_follows_the_load() {
  k -n "$namespace" apply -f components/hpa/hpa.yaml > /dev/null
  check "the autoscaler knows the CPU time" eventually 180 autoscaler_has_metrics
  load_begin http "$rest_url" --concurrency=32 --pause=0s
  check "it scales up under load" eventually 240 more_replicas_than token-server 2
  check "no call is lost in it" load_end_lost_none 1000
  check "it scales down after" eventually 900 replicas_are token-server 2
  k -n "$namespace" delete -f components/hpa/hpa.yaml > /dev/null
  k -n "$namespace" scale deployment/token-server deployment/token-gateway --replicas 2 > /dev/null
  for deployment in token-server token-gateway; do settled $deployment > /dev/null; done
}

a_node_is_drained() {
  local node
  node=$(node_to_lose)
  roll token-server > /dev/null && roll token-gateway > /dev/null  # onto both nodes
  load_begin grpc "$grpc_target"
  load_begin http "$rest_url"
  check "a node is drained" k drain "$node" --ignore-daemonsets --delete-emptydir-data --timeout 300s
  check "no call by the headless name is lost in it" load_end_lost_none 100 grpc
  check "no call through the gateways is lost in it" load_end_lost_none 100 http
  k uncordon "$node" > /dev/null
  roll token-server > /dev/null && roll token-gateway > /dev/null
  check "replicas are on both nodes again" on_nodes token-server 2
}

a_node_is_killed() {
  local node
  node=$(node_to_lose)
  load_begin grpc "$grpc_target"
  load_begin http "$rest_url"
  check "a node is killed" ${KILL_NODE:-false} "$node"
  check "the cluster notices" eventually 120 node_is_lost "$node"
  check "its replicas are replaced elsewhere" eventually 240 replicas_not_on token-server "$node" 2
  check "by the headless name no call is lost but those in flight" load_end_lost_few grpc
  check "through the gateways no call is lost but those in flight" load_end_lost_few http
  check "REST from outside the cluster gives a token" rest_gives_token
}

the_edge_leads_in() {
  [ -n "${EDGE_CLASS:-}" ] || { echo "  no EDGE_CLASS"; return; }
  edge_certificate
  edge_component gateway-api
  check "the Gateway is programmed" eventually 120 gateway_is_programmed
  check "REST through its HTTPRoute gives a token" eventually 60 edge_rest_gives_token
  check "by the certificate of the Secret" edge_shows_the_certificate
  check "gRPC through its GRPCRoute gives a token" eventually 60 edge_grpc_gives_token
  check "the page and the health are not on it" edge_has_only_the_api
  check "without the policy for it gRPC is refused" edge_grpc_needs_the_policy
  edge_component gateway-api "delete --ignore-not-found"
  check "without routes nothing is led in" eventually 60 not edge_rest_gives_token
  edge_component ingress
  check "REST through the Ingress gives a token" eventually 60 edge_rest_gives_token
  check "and nothing but the API" edge_has_only_the_api
  edge_component ingress "delete --ignore-not-found"
}

prepare "${1:-.}"
for group in dev_is_ready tokens_are_given strangers_are_refused the_edge_leads_in unready_pods_get_no_calls new_secret_is_taken \
    servers_are_updated gateways_are_updated bad_configuration_stops_the_rollout budget_keeps_a_replica \
    autoscaler_follows_the_load a_node_is_drained a_node_is_killed; do
  [[ $group =~ ${1:-.} ]] && { echo "$group"; $group; }
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

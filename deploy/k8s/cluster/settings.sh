# What the scripts of the cluster share. Sourced.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
out=${CLUSTER_OUT:-$repository/build/cluster}  # what is built, to be kept from run to run
bin=${CLUSTER_BIN:-$out/bin}
images=$out/images
run=${CLUSTER_RUN:-$out/run}  # what a running cluster writes
nodes=${NODES:-2}             # node1 has the control plane too

outside_ip=10.98.0.1  # of a namespace that plays the world around the cluster, and is the nodes' switch
node_ip() { echo "10.98.0.$((1 + $1))"; }
pod_cidr=10.244.0.0/16  # node N: 10.244.N.0/24
service_cidr=10.96.0.0/16
api_service_ip=10.96.0.1
dns_ip=10.96.0.10

# in_node N COMMAND…: in all the namespaces of node N.
in_node() {
  local node=$1
  shift
  nsenter --target "$(cat "$run/node$node.pid")" --mount --uts --ipc --net --pid --cgroup -- "$@"
}

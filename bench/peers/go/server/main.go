// The server of the Go pair: gRPC in front, OpenVidu's REST behind.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"bench/peer/tokenpb"
)

func main() {
	address := flag.String("listen", "127.0.0.1:50051", "host:port to listen on")
	flag.Parse()

	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute}))
	tokenpb.RegisterTokenServiceServer(server, &tokenServer{
		openvidu: newOpenVidu(os.Getenv("OPENVIDU_URL"), os.Getenv("OPENVIDU_SECRET")),
	})
	log.Fatal(server.Serve(listener))
}

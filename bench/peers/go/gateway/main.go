// The gateway of the Go pair: the two REST requests in front, gRPC behind.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/encoding/protojson"

	"bench/peer/tokenpb"
)

// textMarshaler reads JSON and answers with what the samples answer: the bare id or token.
type textMarshaler struct {
	runtime.JSONPb
}

func (m *textMarshaler) ContentType(answer any) string {
	if _, isText := textOf(answer); isText {
		return "text/plain; charset=utf-8"
	}
	return m.JSONPb.ContentType(answer)
}

func (m *textMarshaler) Marshal(answer any) ([]byte, error) {
	if text, isText := textOf(answer); isText {
		return []byte(text), nil
	}
	return m.JSONPb.Marshal(answer)
}

func textOf(answer any) (text string, isText bool) {
	switch answer := answer.(type) {
	case *tokenpb.Session:
		return answer.GetSessionId(), true
	case *tokenpb.Connection:
		return answer.GetToken(), true
	}
	return "", false
}

func withCors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		writer.Header().Set("Access-Control-Allow-Origin", "*")
		next.ServeHTTP(writer, request)
	})
}

func main() {
	address := flag.String("listen", "127.0.0.1:5000", "host:port to listen on")
	server := flag.String("server", "127.0.0.1:50051", "host:port of the gRPC server")
	flag.Parse()

	retryDelay := backoff.DefaultConfig
	retryDelay.BaseDelay = 10 * time.Millisecond // the two processes start together
	channel, err := grpc.NewClient(*server,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: retryDelay, MinConnectTimeout: 5 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 6 * time.Minute}))
	if err != nil {
		log.Fatal(err)
	}
	routes := runtime.NewServeMux(runtime.WithMarshalerOption(runtime.MIMEWildcard, &textMarshaler{
		runtime.JSONPb{UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: true}},
	}))
	if err := tokenpb.RegisterTokenServiceHandler(context.Background(), routes, channel); err != nil {
		log.Fatal(err)
	}
	front := &http.Server{
		Addr:              *address,
		Handler:           withCors(routes),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	log.Fatal(front.ListenAndServe())
}

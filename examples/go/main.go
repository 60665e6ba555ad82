// Command join prints the token by which a browser joins a room.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	tokenv1 "example/join/tokenv1"
)

// reasonOf returns what the server calls the error, for programs, or "" where it was not the server that failed.
func reasonOf(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return ""
}

func join(server, room string, role tokenv1.Role) (string, error) {
	connection, err := grpc.NewClient(server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return "", err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	answer, err := tokenv1.NewTokenServiceClient(connection).JoinSession(ctx, &tokenv1.JoinSessionRequest{
		CustomSessionId:      room,
		ConnectionProperties: &tokenv1.ConnectionProperties{Role: role},
	})
	if err != nil {
		return "", err
	}
	return answer.GetConnection().GetToken(), nil
}

func main() {
	role, known := int32(tokenv1.Role_ROLE_UNSPECIFIED), true
	if len(os.Args) > 3 {
		role, known = tokenv1.Role_value["ROLE_"+os.Args[3]]
	}
	if len(os.Args) < 3 || !known {
		fmt.Fprintln(os.Stderr, "usage: join SERVER ROOM [SUBSCRIBER|PUBLISHER|MODERATOR]")
		os.Exit(2)
	}
	token, err := join(os.Args[1], os.Args[2], tokenv1.Role(role))
	if err != nil {
		fmt.Fprintln(os.Stderr, status.Code(err), err, reasonOf(err))
		os.Exit(1)
	}
	fmt.Println(token)
}

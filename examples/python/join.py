"""join.py SERVER ROOM [ROLE]: prints the token by which a browser joins the room."""

import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from openvidu.token.v1 import token_service_pb2 as v1
from openvidu.token.v1 import token_service_pb2_grpc as service


def reason_of(error):
    """What the server calls the error, for programs; "" where it was not the server that failed."""
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return info.reason
    return ""


def main(server, room, role="PUBLISHER"):
    request = v1.JoinSessionRequest(custom_session_id=room)
    request.connection_properties.role = v1.Role.Value(f"ROLE_{role}")
    with grpc.insecure_channel(server) as channel:
        try:
            answer = service.TokenServiceStub(channel).JoinSession(request, timeout=3)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()} {reason_of(error)}")
    print(answer.connection.token)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(f"usage: {__doc__}")
    main(*sys.argv[1:])

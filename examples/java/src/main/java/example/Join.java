package example;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.TimeUnit;
import openvidu.token.v1.TokenServiceGrpc;
import openvidu.token.v1.TokenServiceOuterClass.ConnectionProperties;
import openvidu.token.v1.TokenServiceOuterClass.JoinSessionRequest;
import openvidu.token.v1.TokenServiceOuterClass.Role;

/** Prints the token by which a browser joins a room. */
public final class Join {
  public static void main(String[] args) throws InvalidProtocolBufferException {
    if (args.length < 2) {
      System.err.println("usage: Join SERVER ROOM [SUBSCRIBER|PUBLISHER|MODERATOR]");
      System.exit(2);
    }
    Role role = Role.valueOf("ROLE_" + (args.length > 2 ? args[2] : "PUBLISHER"));
    JoinSessionRequest request =
        JoinSessionRequest.newBuilder()
            .setCustomSessionId(args[1])
            .setConnectionProperties(ConnectionProperties.newBuilder().setRole(role))
            .build();

    ManagedChannel channel =
        Grpc.newChannelBuilder(args[0], InsecureChannelCredentials.create()).build();
    try {
      String token =
          TokenServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(3, TimeUnit.SECONDS)
              .joinSession(request)
              .getConnection()
              .getToken();
      System.out.println(token);
    } catch (StatusRuntimeException error) {
      System.err.println(error.getStatus() + " " + reasonOf(error));
      System.exit(1);
    } finally {
      channel.shutdownNow();
    }
  }

  /** What the server calls the error, for programs; "" where it was not the server that failed. */
  private static String reasonOf(StatusRuntimeException error) throws InvalidProtocolBufferException {
    com.google.rpc.Status status = StatusProto.fromThrowable(error);
    for (Any detail : status == null ? java.util.List.<Any>of() : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) return detail.unpack(ErrorInfo.class).getReason();
    }
    return "";
  }

  private Join() {}
}

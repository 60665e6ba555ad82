package openvidu.contract;

import io.openvidu.java.client.Connection;
import io.openvidu.java.client.ConnectionProperties;
import io.openvidu.java.client.ConnectionType;
import io.openvidu.java.client.IceServerProperties;
import io.openvidu.java.client.KurentoOptions;
import io.openvidu.java.client.MediaMode;
import io.openvidu.java.client.OpenVidu;
import io.openvidu.java.client.OpenViduHttpException;
import io.openvidu.java.client.OpenViduRole;
import io.openvidu.java.client.Recording;
import io.openvidu.java.client.RecordingMode;
import io.openvidu.java.client.Session;
import io.openvidu.java.client.SessionProperties;
import io.openvidu.java.client.TokenOptions;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Uses the emulator through OpenVidu's own Java client, as an application server would.
 *
 * <p>This client sends each request without credentials first, and needs the 401 to carry a Basic challenge and to
 * keep the connection: every check here depends on that.
 */
public final class Main {
  private static final String URL = required("OPENVIDU_URL");
  private static final String SECRET = required("OPENVIDU_SECRET");

  private interface Check {
    void run(OpenVidu openvidu) throws Exception;
  }

  private interface Call {
    void run() throws Exception;
  }

  public static void main(String[] arguments) {
    Map<String, Check> checks = new LinkedHashMap<>();
    checks.put("a session is created with a generated id", Main::createsSession);
    checks.put("a custom id that is taken finds the same session", Main::findsTheSession);
    checks.put("sessions are listed and fetched", Main::listsSessions);
    checks.put("a WEBRTC connection has the role that was asked for", Main::createsConnections);
    checks.put("kurentoOptions and customIceServers come back", Main::echoesOptions);
    checks.put("an IPCAM connection is active at once and ends its session with itself", Main::runsIpcam);
    checks.put("a connection that was deleted is gone", Main::deletesConnection);
    checks.put("the deprecated token has the token alone", Main::generatesToken);
    checks.put("a closed session answers 404", Main::closesSession);
    checks.put("what OpenVidu refuses is refused", Main::refuses);
    checks.put("a wrong secret answers 401", openvidu -> wrongSecret());
    checks.put("more than a hundred requests over kept-alive connections succeed", Main::staysAlive);

    int failed = 0;
    for (Map.Entry<String, Check> check : checks.entrySet()) {
      try {
        check.getValue().run(new OpenVidu(URL, SECRET));
        System.out.println("ok      " + check.getKey());
      } catch (Exception | AssertionError error) {
        failed++;
        System.out.println("FAILED  " + check.getKey());
        error.printStackTrace(System.out);
      }
    }
    System.out.println(checks.size() - failed + " passed, " + failed + " failed");
    System.exit(failed == 0 ? 0 : 1);
  }

  private static void createsSession(OpenVidu openvidu) throws Exception {
    Session session = openvidu.createSession();
    matches("ses_[A-Z][0-9A-Za-z]{9}", session.getSessionId());
    check(Math.abs(System.currentTimeMillis() - session.createdAt()) < 3_600_000, "createdAt is not now");
    equal(MediaMode.ROUTED, session.getProperties().mediaMode());
    equal(RecordingMode.MANUAL, session.getProperties().recordingMode());
    equal(Recording.OutputMode.COMPOSED, session.getProperties().defaultRecordingProperties().outputMode());
    equal(0, session.getConnections().size());
    equal(false, session.isBeingRecorded());
    session.close();
  }

  private static void findsTheSession(OpenVidu openvidu) throws Exception {
    Session first = openvidu.createSession(withId("java-room"));
    equal("java-room", first.getSessionId());
    Connection connection = first.createConnection();
    Session second = openvidu.createSession(withId("java-room"));
    equal("java-room", second.getSessionId());
    equal(first.createdAt(), second.createdAt());
    equal(1, second.getConnections().size());
    equal(connection.getConnectionId(), second.getConnections().get(0).getConnectionId());
    first.close();
  }

  private static void listsSessions(OpenVidu openvidu) throws Exception {
    Session one = openvidu.createSession(withId("java-one"));
    Session two = openvidu.createSession(withId("java-two"));
    OpenVidu other = new OpenVidu(URL, SECRET);
    equal(true, other.fetch());
    Set<String> names = new TreeSet<>();
    other.getActiveSessions().forEach(session -> names.add(session.getSessionId()));
    equal(Set.of("java-one", "java-two"), names);
    equal(false, other.fetch());
    two.createConnection();
    Session seen = other.getActiveSession("java-two");
    equal(true, seen.fetch());
    equal(1, seen.getConnections().size());
    one.close();
    two.close();
    equal(true, other.fetch());
    equal(0, other.getActiveSessions().size());
  }

  private static void createsConnections(OpenVidu openvidu) throws Exception {
    Session session = openvidu.createSession();
    for (OpenViduRole role : OpenViduRole.values()) {
      Connection connection = session.createConnection(
          new ConnectionProperties.Builder().role(role).data("as " + role).record(false).build());
      matches("con_[A-Z][0-9A-Za-z]{9}", connection.getConnectionId());
      matches(tokenOf(session), connection.getToken());
      equal("pending", connection.getStatus());
      equal(ConnectionType.WEBRTC, connection.getType());
      equal(role, connection.getRole());
      equal("as " + role, connection.getServerData());
      equal(false, connection.record());
    }
    equal(3, session.getConnections().size());
    Connection defaulted = session.createConnection();
    equal(OpenViduRole.PUBLISHER, defaulted.getRole());
    equal(true, defaulted.record());
    session.close();
  }

  private static void echoesOptions(OpenVidu openvidu) throws Exception {
    Session session = openvidu.createSession();
    Connection connection = session.createConnection(new ConnectionProperties.Builder()
        .kurentoOptions(new KurentoOptions.Builder().videoMaxRecvBandwidth(1000).videoMinRecvBandwidth(300)
            .videoMaxSendBandwidth(900).videoMinSendBandwidth(200)
            .allowedFilters(new String[] {"GStreamerFilter", "ZBarFilter"}).build())
        .addCustomIceServer(new IceServerProperties.Builder().url("stun:198.51.100.7:3478").build())
        .addCustomIceServer(new IceServerProperties.Builder().url("turn:turn.example.com:443?transport=tcp")
            .username("user").credential("pass").build())
        .build());
    List<IceServerProperties> servers = connection.getCustomIceServers();
    equal(2, servers.size());
    equal("stun:198.51.100.7:3478", servers.get(0).getUrl());
    equal("turn:turn.example.com:443?transport=tcp", servers.get(1).getUrl());
    equal("user", servers.get(1).getUsername());
    equal("pass", servers.get(1).getCredential());
    Connection turn = session.createConnection(new ConnectionProperties.Builder()
        .addCustomIceServer(new IceServerProperties.Builder().url("turn:198.51.100.7").staticAuthSecret("s").build())
        .build());
    matches("\\d{10}:[A-Za-z0-9]{8}", turn.getCustomIceServers().get(0).getUsername());
    session.close();
  }

  private static void runsIpcam(OpenVidu openvidu) throws Exception {
    Session session = openvidu.createSession(withId("java-cam"));
    Connection connection = session.createConnection(new ConnectionProperties.Builder()
        .type(ConnectionType.IPCAM).rtspUri("rtsp://198.51.100.7/cam").data("door").networkCache(500)
        .adaptativeBitrate(false).onlyPlayWithSubscribers(false).build());
    matches("ipc_IPCAM_rtsp_[A-Z0-9]{4}_198_51_100_7_cam", connection.getConnectionId());
    equal("active", connection.getStatus());
    equal("IPCAM", connection.getPlatform());
    equal("rtsp://198.51.100.7/cam", connection.getRtspUri());
    equal(500, connection.getNetworkCache());
    equal(1, connection.getPublishers().size());
    session.fetch();
    equal(1, session.getActiveConnections().size());
    session.forceDisconnect(connection);
    answers(404, session::fetch);
  }

  private static void deletesConnection(OpenVidu openvidu) throws Exception {
    Session session = openvidu.createSession();
    Connection connection = session.createConnection();
    session.forceDisconnect(connection);
    answers(404, () -> session.forceDisconnect(connection.getConnectionId()));
    answers(404, () -> session.forceDisconnect("con_nope"));
    session.fetch();
    equal(0, session.getConnections().size());
    session.close();
  }

  private static void generatesToken(OpenVidu openvidu) throws Exception {
    Session session = openvidu.createSession();
    matches(tokenOf(session), session.generateToken(
        new TokenOptions.Builder().role(OpenViduRole.MODERATOR).data("d").build()));
    session.close();
  }

  private static void closesSession(OpenVidu openvidu) throws Exception {
    Session session = openvidu.createSession(withId("java-closed"));
    session.close();
    answers(404, session::close);
    answers(404, session::createConnection);
    answers(404, session::fetch);
    Session again = openvidu.createSession(withId("java-closed"));
    equal(0, again.getConnections().size());
    again.close();
  }

  private static void refuses(OpenVidu openvidu) throws Exception {
    answers(400, () -> openvidu.createSession(withId("a b")));
    Session session = openvidu.createSession();
    Connection connection = session.createConnection();
    answers(403, () -> session.updateConnection(connection.getConnectionId(),
        new ConnectionProperties.Builder().role(OpenViduRole.SUBSCRIBER).build()));
    answers(404, () -> session.forceUnpublish("str_nope"));
    answers(501, openvidu::listRecordings);
    answers(501, () -> openvidu.startRecording(session.getSessionId()));
    session.close();
  }

  private static void wrongSecret() throws Exception {
    answers(401, () -> new OpenVidu(URL, SECRET + "x").createSession());
    answers(401, () -> new OpenVidu(URL, SECRET + "x").fetch());
  }

  private static void staysAlive(OpenVidu openvidu) throws Exception {
    Session session = openvidu.createSession();
    Set<String> tokens = new HashSet<>();
    for (int i = 0; i < 120; i++) {
      tokens.add(session.createConnection().getToken());
    }
    equal(120, tokens.size());
    session.close();
  }

  private static SessionProperties withId(String id) {
    return new SessionProperties.Builder().customSessionId(id).build();
  }

  private static String tokenOf(Session session) {
    return "wss://[^?]+\\?sessionId=" + session.getSessionId() + "&token=tok_[A-Z][0-9A-Za-z]{15}";
  }

  private static void answers(int status, Call call) throws Exception {
    try {
      call.run();
    } catch (OpenViduHttpException error) {
      equal(status, error.getStatus());
      return;
    }
    throw new AssertionError("expected HTTP " + status + ", it succeeded");
  }

  private static void equal(Object expected, Object actual) {
    check(Objects.equals(expected, actual), "expected " + expected + ", came " + actual);
  }

  private static void matches(String pattern, String actual) {
    check(actual != null && actual.matches(pattern), "expected " + pattern + ", came " + actual);
  }

  private static void check(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }

  private static String required(String name) {
    return Objects.requireNonNull(System.getenv(name), name + " must be set");
  }
}

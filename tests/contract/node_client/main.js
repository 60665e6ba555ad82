// Uses the emulator through OpenVidu's own Node client, as an application server would.
//
//   OPENVIDU_URL=http://127.0.0.1:4443 OPENVIDU_SECRET=MY_SECRET node main.js
'use strict';

const assert = require('node:assert/strict');
const {
  ConnectionType, MediaMode, OpenVidu, OpenViduRole, Recording, RecordingMode,
} = require('openvidu-node-client');

const url = process.env.OPENVIDU_URL;
const secret = process.env.OPENVIDU_SECRET;
assert.ok(url && secret, 'OPENVIDU_URL and OPENVIDU_SECRET must be set');

const tokenOf = (sessionId) => new RegExp(`^wss://[^?]+\\?sessionId=${sessionId}&token=tok_[A-Z][0-9A-Za-z]{15}$`);

// The client rejects with an Error whose message is the status.
const rejectsWith = (status, promise) => assert.rejects(promise, (error) => {
  assert.equal(error.message, String(status));
  return true;
});

const checks = {
  async 'a session is created with a generated id'(openvidu) {
    const session = await openvidu.createSession();
    assert.match(session.sessionId, /^ses_[A-Z][0-9A-Za-z]{9}$/);
    assert.ok(Math.abs(Date.now() - session.createdAt) < 3600 * 1000);
    assert.equal(session.properties.mediaMode, MediaMode.ROUTED);
    assert.equal(session.properties.recordingMode, RecordingMode.MANUAL);
    assert.equal(session.properties.customSessionId, '');
    assert.equal(session.properties.defaultRecordingProperties.outputMode, Recording.OutputMode.COMPOSED);
    assert.deepEqual(session.connections, []);
    assert.equal(session.recording, false);
    await session.close();
  },

  async 'a custom id that is taken finds the same session'(openvidu) {
    const first = await openvidu.createSession({customSessionId: 'node-room', mediaMode: MediaMode.ROUTED});
    assert.equal(first.sessionId, 'node-room');
    const connection = await first.createConnection();
    const second = await openvidu.createSession({customSessionId: 'node-room'});
    assert.equal(second.sessionId, 'node-room');
    assert.equal(second.createdAt, first.createdAt);
    assert.deepEqual(second.connections.map((c) => c.connectionId), [connection.connectionId]);
    await first.close();
  },

  async 'sessions are listed and fetched'(openvidu) {
    const one = await openvidu.createSession({customSessionId: 'node-one'});
    const two = await openvidu.createSession({customSessionId: 'node-two'});
    const other = new OpenVidu(url, secret);
    assert.equal(await other.fetch(), true, 'the first fetch brings something new');
    assert.deepEqual(other.activeSessions.map((s) => s.sessionId).sort(), ['node-one', 'node-two']);
    assert.equal(await other.fetch(), false, 'the second fetch brings nothing new');
    await two.createConnection();
    const seen = other.activeSessions.find((s) => s.sessionId === 'node-two');
    assert.equal(await seen.fetch(), true);
    assert.equal(seen.connections.length, 1);
    await one.close();
    await two.close();
    assert.equal(await other.fetch(), true);
    assert.deepEqual(other.activeSessions, []);
  },

  async 'a WEBRTC connection has the role that was asked for'(openvidu) {
    const session = await openvidu.createSession();
    for (const role of [OpenViduRole.SUBSCRIBER, OpenViduRole.PUBLISHER, OpenViduRole.MODERATOR]) {
      const connection = await session.createConnection({role, data: `as ${role}`, record: false});
      assert.match(connection.connectionId, /^con_[A-Z][0-9A-Za-z]{9}$/);
      assert.match(connection.token, tokenOf(session.sessionId));
      assert.equal(connection.status, 'pending');
      assert.equal(connection.connectionProperties.type, ConnectionType.WEBRTC);
      assert.equal(connection.connectionProperties.role, role);
      assert.equal(connection.connectionProperties.data, `as ${role}`);
      assert.equal(connection.connectionProperties.record, false);
    }
    assert.equal(session.connections.length, 3);
    const defaulted = await session.createConnection();
    assert.equal(defaulted.connectionProperties.role, OpenViduRole.PUBLISHER);
    assert.equal(defaulted.connectionProperties.record, true);
    await session.close();
  },

  async 'kurentoOptions and customIceServers come back'(openvidu) {
    const session = await openvidu.createSession();
    const kurentoOptions = {
      videoMaxRecvBandwidth: 1000, videoMinRecvBandwidth: 300, videoMaxSendBandwidth: 900,
      videoMinSendBandwidth: 200, allowedFilters: ['GStreamerFilter', 'ZBarFilter'],
    };
    const customIceServers = [
      {url: 'stun:198.51.100.7:3478'},
      {url: 'turn:turn.example.com:443?transport=tcp', username: 'user', credential: 'pass'},
    ];
    const connection = await session.createConnection({kurentoOptions, customIceServers});
    assert.deepEqual(connection.connectionProperties.kurentoOptions, kurentoOptions);
    assert.deepEqual(connection.connectionProperties.customIceServers.map((server) => ({...server})),
                     customIceServers);
    const turn = await session.createConnection({
      customIceServers: [{url: 'turn:198.51.100.7', staticAuthSecret: 's'}],
    });
    assert.match(turn.connectionProperties.customIceServers[0].username, /^\d{10}:[A-Za-z0-9]{8}$/);
    await session.close();
  },

  async 'an IPCAM connection is active at once and ends its session with itself'(openvidu) {
    const session = await openvidu.createSession({customSessionId: 'node-cam'});
    const connection = await session.createConnection({
      type: ConnectionType.IPCAM, rtspUri: 'rtsp://198.51.100.7/cam', data: 'door', networkCache: 500,
      adaptativeBitrate: false, onlyPlayWithSubscribers: false,
    });
    assert.match(connection.connectionId, /^ipc_IPCAM_rtsp_[A-Z0-9]{4}_198_51_100_7_cam$/);
    assert.equal(connection.status, 'active');
    assert.equal(connection.platform, 'IPCAM');
    assert.equal(connection.connectionProperties.rtspUri, 'rtsp://198.51.100.7/cam');
    assert.equal(connection.connectionProperties.networkCache, 500);
    assert.equal(connection.publishers.length, 1);
    await session.fetch();
    assert.equal(session.activeConnections.length, 1);
    await session.forceDisconnect(connection);
    await rejectsWith(404, session.fetch());
  },

  async 'a connection that was deleted is gone'(openvidu) {
    const session = await openvidu.createSession();
    const connection = await session.createConnection();
    await session.forceDisconnect(connection);
    await rejectsWith(404, session.forceDisconnect(connection.connectionId));
    await rejectsWith(404, session.forceDisconnect('con_nope'));
    await session.fetch();
    assert.deepEqual(session.connections, []);
    await session.close();
  },

  async 'the deprecated token has the token alone'(openvidu) {
    const session = await openvidu.createSession();
    assert.match(await session.generateToken({role: OpenViduRole.MODERATOR, data: 'd'}), tokenOf(session.sessionId));
    await session.close();
  },

  async 'a closed session answers 404'(openvidu) {
    const session = await openvidu.createSession({customSessionId: 'node-closed'});
    await session.close();
    await rejectsWith(404, session.close());
    await rejectsWith(404, session.createConnection());
    await rejectsWith(404, session.fetch());
    const again = await openvidu.createSession({customSessionId: 'node-closed'});
    assert.deepEqual(again.connections, [], 'nothing is left of its earlier life');
    await again.close();
  },

  async 'what OpenVidu refuses is refused'(openvidu) {
    await rejectsWith(400, openvidu.createSession({customSessionId: 'a b'}));
    await rejectsWith(400, openvidu.createSession({mediaMode: 'NOPE'}));
    const session = await openvidu.createSession();
    await rejectsWith(400, session.createConnection({role: 'NOPE'}));
    await rejectsWith(400, session.createConnection({type: ConnectionType.IPCAM, rtspUri: 'nope'}));
    await rejectsWith(400, session.createConnection({customIceServers: [{url: 'http:198.51.100.7'}]}));
    const connection = await session.createConnection();
    await rejectsWith(403, session.updateConnection(connection.connectionId, {role: OpenViduRole.SUBSCRIBER}));
    await rejectsWith(501, openvidu.listRecordings());
    await rejectsWith(501, openvidu.startRecording(session.sessionId));
    await session.close();
  },

  async 'a wrong secret answers 401'() {
    await rejectsWith(401, new OpenVidu(url, `${secret}x`).createSession());
    await rejectsWith(401, new OpenVidu(url, `${secret}x`).fetch());
  },

  async 'more than a hundred requests over kept-alive connections succeed'(openvidu) {
    const session = await openvidu.createSession();
    for (let i = 0; i < 120; i++) await session.createConnection();
    assert.equal(new Set(session.connections.map((c) => c.token)).size, 120);
    await session.close();
  },
};

async function main() {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const openvidu = new OpenVidu(url, secret);
    // Silent in production mode; otherwise each rejection is logged by the client as well.
    openvidu.enableProdMode();
    try {
      await check(openvidu);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
  const all = Object.keys(checks).length;
  console.log(`${all - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main();

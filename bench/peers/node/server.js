// The Node peer: what OpenVidu's own client library makes of the two requests, with the middleware of OpenVidu's
// sample server. It finds a session only in the process that created it, as the sample does.
'use strict';

const bodyParser = require('body-parser');
const cors = require('cors');
const express = require('express');
const { OpenVidu } = require('openvidu-node-client');

const openvidu = new OpenVidu(process.env.OPENVIDU_URL, process.env.OPENVIDU_SECRET);
const app = express();
app.use(cors());
app.use(bodyParser.urlencoded({ extended: true }));
app.use(bodyParser.json());

app.post('/api/sessions', async (request, response) => {
  const session = await openvidu.createSession(request.body);
  response.send(session.sessionId);
});

app.post('/api/sessions/:sessionId/connections', async (request, response) => {
  const { sessionId } = request.params;
  const session = openvidu.activeSessions.find((active) => active.sessionId === sessionId);
  if (session === undefined) {
    response.status(404).send();
    return;
  }
  const connection = await session.createConnection(request.body);
  response.send(connection.token);
});

app.listen(Number(process.env.SERVER_PORT), '127.0.0.1');

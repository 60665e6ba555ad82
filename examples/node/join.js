// node join.js SERVER ROOM [ROLE]: prints the token by which a browser joins the room.
'use strict';

const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const definition = protoLoader.loadSync(
  ['openvidu/token/v1/token_service.proto', 'google/rpc/status.proto', 'google/rpc/error_details.proto'],
  { includeDirs: [process.env.PROTO_PATH || path.join(__dirname, '../../proto')], enums: String, longs: String },
);
const { TokenService } = grpc.loadPackageDefinition(definition).openvidu.token.v1;

// What the server calls the error, for programs; '' where it was not the server that failed.
function reasonOf(error) {
  const [status] = error.metadata.get('grpc-status-details-bin');
  if (!status) return '';
  const details = definition['google.rpc.Status'].deserialize(status).details;
  const info = details.find((detail) => detail.type_url?.endsWith('/google.rpc.ErrorInfo'));
  return info ? definition['google.rpc.ErrorInfo'].deserialize(info.value).reason : '';
}

const [server, room, role = 'PUBLISHER'] = process.argv.slice(2);
if (!room) {
  console.error('usage: node join.js SERVER ROOM [SUBSCRIBER|PUBLISHER|MODERATOR]');
  process.exit(2);
}
const client = new TokenService(server, grpc.credentials.createInsecure());
const request = { customSessionId: room, connectionProperties: { role: `ROLE_${role}` } };
client.JoinSession(request, { deadline: Date.now() + 3000 }, (error, answer) => {
  if (error) {
    console.error(`${grpc.status[error.code]}: ${error.details} ${reasonOf(error)}`);
    process.exitCode = 1;
  } else {
    console.log(answer.connection.token);
  }
  client.close();
});

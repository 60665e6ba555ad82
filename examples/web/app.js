/* What OpenVidu's plain JavaScript tutorial does: two requests for a token, and the call itself by openvidu-browser. */

// The application server: here the one that served this page. Elsewhere, such as 'https://tokens.example.com/'.
const APPLICATION_SERVER = './';

let session;

document.getElementById('join').addEventListener('submit', (event) => {
  event.preventDefault();
  join(document.getElementById('session-name').value, document.getElementById('participant').value).catch((error) => {
    document.getElementById('state').textContent = `The call cannot be joined: ${error.message}`;
  });
});

document.getElementById('leave').addEventListener('click', leave);
window.addEventListener('beforeunload', leave);

async function join(sessionName, participant) {
  const openvidu = new OpenVidu();
  session = openvidu.initSession();
  session.on('streamCreated', ({stream}) => caption(session.subscribe(stream, 'videos'), nameOf(stream.connection)));
  session.on('exception', (exception) => console.warn(exception.name, exception.message));

  const token = await getToken(sessionName);
  await session.connect(token, {clientData: participant});

  document.getElementById('title').textContent = sessionName;
  document.getElementById('join').hidden = true;
  document.getElementById('call').hidden = false;
  const publisher = openvidu.initPublisher('videos', {resolution: '640x480', frameRate: 30, mirror: true});
  caption(publisher, participant);
  await session.publish(publisher);
}

function leave() {
  session?.disconnect();
  session = undefined;
  document.getElementById('videos').replaceChildren();
  document.getElementById('join').hidden = false;
  document.getElementById('call').hidden = true;
}

/** What a participant gave as `clientData` comes back with all that others say of the connection. */
function nameOf(connection) {
  return JSON.parse(connection.data.split('%/%')[0]).clientData;
}

function caption(streamManager, text) {
  streamManager.on('videoElementCreated', ({element}) => element.setAttribute('title', text));
}

async function getToken(sessionName) {
  const sessionId = await post('api/sessions', {customSessionId: sessionName});
  return post(`api/sessions/${sessionId}/connections`, {});
}

async function post(path, body) {
  const answer = await fetch(APPLICATION_SERVER + path,
      {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  if (!answer.ok) throw new Error((await answer.json()).detail);
  return answer.text();
}

// fingerprint: reading out what tells one device from another: WebGL, audio, fonts, WebRTC, battery, client
// hints, media devices, geolocation and permissions. One report a call, few are needed.
function hookGL(p) {
  // 37445/37446: UNMASKED_VENDOR_WEBGL and UNMASKED_RENDERER_WEBGL
  wrap(p, 'getParameter', (_, args) => { if (args[0] === 37445 || args[0] === 37446) report('webgl', { method: 'getParameter', v: args[0] }, 20); });
  wrap(p, 'readPixels', () => report('webgl', { method: 'readPixels' }, 20));
  wrap(p, 'getSupportedExtensions', () => report('webgl', { method: 'getSupportedExtensions' }, 20));
}
// The interfaces of WebGL are so large that to touch them costs each document 3 ms: they are hooked when the first
// context that may be theirs is asked for. By then the page may have broken what it likes.
let hookedGL = false;
const beforeGL = (_, args) => {
  if (hookedGL || args[0] === '2d') return;
  hookedGL = true;
  hookGL(proto('WebGLRenderingContext'));
  hookGL(proto('WebGL2RenderingContext'));
};
wrap(proto('HTMLCanvasElement'), 'getContext', beforeGL);
wrap(proto('OffscreenCanvas'), 'getContext', beforeGL);
for (const name of ['OfflineAudioContext', 'webkitOfflineAudioContext']) wrapClass(name, () => report('audio', { method: 'OfflineAudioContext' }, 20));
wrap(proto('BaseAudioContext'), 'createOscillator', () => report('audio', { method: 'createOscillator' }, 20));
wrap(proto('BaseAudioContext'), 'createDynamicsCompressor', () => report('audio', { method: 'createDynamicsCompressor' }, 20));
wrap(proto('AudioBuffer'), 'getChannelData', () => report('audio', { method: 'getChannelData' }, 20));
wrap(proto('OfflineAudioContext'), 'startRendering', () => report('audio', { method: 'startRendering' }, 20));

// Fonts are found out by measuring the same text in many of them. Told once, at 50 different fonts.
const fonts = new Set();
const font = (f) => { if (fonts.size < 60 && fonts.add(cut(f, 200)).size === 50) report('fonts', { method: 'measure', v: 50 }, 1); };
wrap(proto('CanvasRenderingContext2D'), 'measureText', (ctx) => font(ctx.font));
wrapAccessor(proto('HTMLElement'), 'offsetWidth', 'get', (e) => { if (e.style && e.style.fontFamily) font(e.style.fontFamily); });
wrap(proto('FontFaceSet'), 'check', (_, args) => font(args[0]));

for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) wrapClass(name, (args) => report('webrtc', { method: 'RTCPeerConnection', v: cut(stringify(args[0] && args[0].iceServers || [])) }, 10));
wrap(proto('RTCPeerConnection'), 'createDataChannel', () => report('webrtc', { method: 'createDataChannel' }, 10));
wrap(proto('Navigator'), 'getBattery', () => report('device', { method: 'getBattery' }, 20));
wrap(proto('NavigatorUAData'), 'getHighEntropyValues', (_, args) => report('device', { method: 'getHighEntropyValues', v: cut(args[0]) }, 20));
wrap(proto('MediaDevices'), 'enumerateDevices', () => report('device', { method: 'enumerateDevices' }, 20));
wrap(proto('Permissions'), 'query', (_, args) => report('permission', { method: 'query', v: cut(args[0] && args[0].name, 100) }, 20));
wrap(global.Notification, 'requestPermission', () => report('permission', { method: 'requestPermission' }, 5));
wrap(proto('MediaDevices'), 'getUserMedia', (_, args) => report('permission', { method: 'getUserMedia', v: ['audio', 'video'].filter((k) => args[0] && args[0][k]).join('+') }, 5));
for (const [on, m] of [[proto('Document'), 'requestStorageAccess'], [proto('PushManager'), 'subscribe'], [proto('MediaDevices'), 'getDisplayMedia'], [proto('Clipboard'), 'readText'], [global, 'queryLocalFonts']]) wrap(on, m, () => report('permission', { method: m }, 5));
for (const m of ['getCurrentPosition', 'watchPosition']) wrap(proto('Geolocation'), m, () => report('geolocation', { method: m }, 5));
for (const [p, names] of [[global.document ? 'Navigator' : 'WorkerNavigator', ['hardwareConcurrency', 'deviceMemory', 'plugins', 'mimeTypes', 'platform', 'languages', 'maxTouchPoints']], ['Screen', ['colorDepth', 'availWidth', 'pixelDepth']]]) {
  for (const n of names) wrapAccessor(proto(p), n, 'get', () => report('device', { method: n }, 200));
}

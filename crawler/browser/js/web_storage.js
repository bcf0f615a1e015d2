// web_storage: which script wrote a key. Writes as a property (localStorage.key = …) are seen by the protocol's
// DOMStorage events, without their script.
const areaOf = (s) => { try { return s === global.localStorage ? 'local' : 'session'; } catch (e) { return 'session'; } };
wrap(proto('Storage'), 'setItem', (s, args) => report('storage', { a: areaOf(s), key: cut(args[0], 512), v: cut(args[1]) }));

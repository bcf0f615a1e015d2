// web_storage: which script wrote a key. Writes as a property (localStorage.key = …) are seen by the protocol's
// DOMStorage events, without their script: for them, who last asked for the storage is told, once for each line of
// code in a row.
const localArea = (() => { try { return global.localStorage; } catch (e) { return null; } })();
const areaOf = (s) => { try { return s === localArea ? 'local' : 'session'; } catch (e) { return 'session'; } };
wrap(proto('Storage'), 'setItem', (s, args) => report('storage', { a: areaOf(s), key: cut(args[0], 512), v: cut(args[1]) }));
for (const [area, name] of [['local', 'localStorage'], ['session', 'sessionStorage']]) {
  let last = '';
  wrapAccessor(global, name, 'get', () => {
    const s = stack(), at = caller(s);
    if (at !== last) { last = at; report('storage_used', { a: area, s }); }
  });
}

// document_cookie: each write, with the script that wrote it; also cookies that are gone again at the end.
wrapAccessor(proto('Document'), 'cookie', 'set', (doc, v) => report('cookie', { v: cut(v), d: doc.domain }));

// network: what the protocol attributes badly or does not tell. What a script makes by setting an address (an image,
// an event source) reads as "parser"; a fetch does not say that it is keepalive; fetchLater is not told at all.
const absolute = (v) => cut(new URL(typeof v === 'object' && v && v.url || v, global.document ? document.baseURI : location.href).href, 4096);
wrapAccessor(proto('HTMLImageElement'), 'src', 'set', (_, v) => report('made', { url: absolute(v) }));
wrapClass('EventSource', (args) => report('made', { url: absolute(args[0]) }));
wrap(global, 'fetch', (_, args) => {
  const o = args[1] || (typeof args[0] === 'object' ? args[0] : null);
  if (o && o.keepalive) report('keepalive', { url: absolute(args[0]) });
});
wrap(global, 'fetchLater', (_, args) => report('fetch_later', { url: absolute(args[0]), method: args[1] && args[1].method || 'GET', v: args[1] && typeof args[1].body === 'string' ? cut(args[1].body) : '' }));

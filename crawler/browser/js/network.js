// network: what the protocol attributes badly or does not tell. An image made by a script reads as "parser"; a
// fetch does not say that it is keepalive.
wrapAccessor(proto('HTMLImageElement'), 'src', 'set', (_, v) => report('image', { url: cut(new URL(v, global.document ? document.baseURI : location.href).href, 4096) }));
wrap(global, 'fetch', (_, args) => {
  const o = args[1] || (typeof args[0] === 'object' ? args[0] : null);
  if (o && o.keepalive) report('keepalive', { url: cut(new URL(typeof args[0] === 'object' && args[0].url || args[0], location.href).href, 4096) });
});
wrap(proto('Navigator'), 'sendBeacon', (_, args) => report('beacon', { url: cut(new URL(args[0], location.href).href, 4096) }));

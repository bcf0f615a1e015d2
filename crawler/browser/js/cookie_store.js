// cookie_store: writes through CookieStore, in documents and service workers.
wrap(proto('CookieStore'), 'set', (_, args) => {
  const o = typeof args[0] === 'object' && args[0] ? args[0] : { name: args[0], value: args[1] };
  report('cookie_store', { name: cut(o.name, 512), v: cut(o.value), domain: o.domain || '', path: o.path || '/', expires: o.expires == null ? 0 : +o.expires, ss: o.sameSite || 'strict', p: !!o.partitioned });
});
wrap(proto('CookieStore'), 'delete', (_, args) => {
  const o = typeof args[0] === 'object' && args[0] ? args[0] : { name: args[0] };
  report('cookie_store', { name: cut(o.name, 512), v: '', domain: o.domain || '', path: o.path || '/', gone: true });
});

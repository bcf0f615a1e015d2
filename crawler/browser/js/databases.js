// databases: IndexedDB, Cache Storage, the origin's file system, storage buckets and service workers, by name.
wrap(proto('IDBFactory'), 'open', (_, args) => report('idb', { key: cut(args[0], 512) }));
wrap(proto('CacheStorage'), 'open', (_, args) => report('cache', { key: cut(args[0], 512) }));
wrap(proto('StorageManager'), 'getDirectory', () => report('opfs', { key: '/' }));
wrap(proto('StorageBucketManager'), 'open', (_, args) => report('bucket', { key: cut(args[0], 512) }));
// A registration is settled once the worker's script has run, or cannot.
const then = Promise.prototype.then;
wrap(proto('ServiceWorkerContainer'), 'register', (_, args) => report('service_worker', { key: cut(args[0], 2048) }), (_, args, result) => {
  const settled = () => report('registered', { s: ' ' });
  apply(then, result, [settled, settled]);
});

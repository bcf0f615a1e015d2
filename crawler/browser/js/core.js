// core: what every hook stands on. Runs first, in pages, frames and workers; CHANNEL is the name of the binding,
// which is taken away from the page at once.
const global = globalThis;
const channel = global[CHANNEL];
if (!channel) return;
try { delete global[CHANNEL]; } catch (e) {}
// Pages may break built-ins later; what is used after this script has run is kept here.
const stringify = JSON.stringify, now = Date.now, ErrorClass = Error, apply = Reflect.apply, construct = Reflect.construct, text = String, weakGet = WeakMap.prototype.get, weakSet = WeakMap.prototype.set,
  define = Object.defineProperty, describe = Object.getOwnPropertyDescriptor, parent = Object.getPrototypeOf, owns = Object.prototype.hasOwnProperty;
const get = (map, key) => apply(weakGet, map, [key]);

// stack is the caller's stack as text, without the page's own ideas of how to print it.
function stack() {
  const limit = ErrorClass.stackTraceLimit, prepare = ErrorClass.prepareStackTrace;
  try {
    ErrorClass.stackTraceLimit = 30;
    ErrorClass.prepareStackTrace = undefined;
    return new ErrorClass().stack || '';
  } catch (e) {
    return '';
  } finally {
    ErrorClass.stackTraceLimit = limit;
    ErrorClass.prepareStackTrace = prepare;
  }
}

// caller is the innermost line of a stack that is not ours.
function caller(s) {
  for (const line of s.split('\n')) if (/^ *at /.test(line) && !line.includes('trackaudit-hook')) return line;
  return '';
}

// report sends one thing that was seen. Bounded: a page that calls an API a million times costs a thousand
// messages.
const counts = Object.create(null);
function report(kind, data, bound = 1000) {
  const k = kind + ' ' + (data.method || '');
  counts[k] = (counts[k] || 0) + 1;
  if (counts[k] > bound) return;
  try {
    channel(stringify({ k: kind, t: now(), s: data.s || stack(), n: counts[k], u: text(global.location && global.location.href || ''), o: text(global.origin || ''), ...data }));
  } catch (e) {}
}

const cut = (s, n = 4096) => { s = text(s); return s.length > n ? s.slice(0, n) : s; };

// wrap replaces a method by one that tells before it runs; it looks like the one it replaces. The method may stand
// on a prototype of the object: that of a worker's global, for one.
function wrap(proto, name, before, after) {
  while (proto && !apply(owns, proto, [name])) proto = parent(proto);
  const d = proto && describe(proto, name);
  if (!d || typeof d.value !== 'function') return;
  const original = d.value;
  const replacement = {
    [name](...args) {
      if (before) try { before(this, args); } catch (e) {}
      const result = apply(original, this, args);
      if (after) try { after(this, args, result); } catch (e) {}
      return result;
    }
  }[name];
  disguise(replacement, original);
  try { define(proto, name, { ...d, value: replacement }); } catch (e) {}
}

// wrapGetter and wrapSetter do the same for one half of a property.
function wrapAccessor(proto, name, half, tell) {
  while (proto && !apply(owns, proto, [name])) proto = parent(proto);
  const d = proto && describe(proto, name);
  if (!d || !d[half]) return;
  const original = d[half];
  const replacement = half === 'set'
    ? { set(v) { try { tell(this, v); } catch (e) {} return apply(original, this, [v]); } }.set
    : { get() { try { tell(this); } catch (e) {} return apply(original, this, []); } }.get;
  disguise(replacement, original);
  try { define(proto, name, { ...d, [half]: replacement }); } catch (e) {}
}

// wrapClass tells when a class is constructed.
function wrapClass(name, tell) {
  const Original = global[name];
  if (typeof Original !== 'function') return;
  const Replacement = new Proxy(Original, {
    construct(target, args, newTarget) {
      try { tell(args); } catch (e) {}
      return construct(target, args, newTarget);
    }
  });
  try { define(global, name, { value: Replacement, writable: true, configurable: true, enumerable: false }); } catch (e) {}
}

const disguised = new WeakMap();
const toString = Function.prototype.toString;
function disguise(replacement, original) {
  apply(weakSet, disguised, [replacement, original]);
  try {
    define(replacement, 'length', { value: original.length, configurable: true });
    define(replacement, 'name', { value: original.name, configurable: true });
  } catch (e) {}
}
const plainToString = { toString() { return apply(toString, get(disguised, this) || this, []); } }.toString;
disguised.set(plainToString, toString);
try { define(Function.prototype, 'toString', { value: plainToString, writable: true, configurable: true }); } catch (e) {}
const proto = (name) => global[name] && global[name].prototype;

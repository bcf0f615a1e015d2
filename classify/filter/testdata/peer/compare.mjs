// compare.mjs REQUESTS SUFFIXES LIST…: what @ghostery/adblocker says to each request (a JSON object a line), and how long it
// takes; and what uBlock Origin's engine says, with the public suffixes of a file. Prints one JSON object.
import { readFileSync } from 'node:fs';
import { FiltersEngine, Request } from '@ghostery/adblocker';

const [, , file, suffixes, ...lists] = process.argv;
const raw = lists.map(f => readFileSync(f, 'utf8'));
const requests = readFileSync(file, 'utf8').trim().split('\n').map(l => JSON.parse(l));
// Chrome's names for resource types, as the engine's own adapter for Chrome hands them on
const TYPES = { Document: 'main_frame', SubFrame: 'sub_frame', Script: 'script', Image: 'image', Stylesheet: 'stylesheet', XHR: 'xmlhttprequest', Fetch: 'xmlhttprequest', Ping: 'ping', WebSocket: 'websocket', Font: 'font', Media: 'media', Other: 'other' };
const details = r => ({ url: r.url, type: TYPES[r.type], sourceUrl: r.document });
const known = r => ({ url: r.url, type: TYPES[r.type], hostname: r.host, domain: r.site, sourceUrl: r.document, sourceHostname: r.documentHost, sourceDomain: r.documentSite });
const ms = f => { const t = process.hrtime.bigint(); f(); return Number(process.hrtime.bigint() - t) / 1e6; };

let engine, load = Infinity; // the fastest of three: other work on the machine only adds
for (let i = 0; i < 3; i++) load = Math.min(load, ms(() => { engine = FiltersEngine.parse(raw.join('\n'), { loadCosmeticFilters: false }); }));
const blocked = requests.map(r => engine.match(Request.fromRawDetails(details(r))).match);

// warm, then the fastest of the rounds: hosts and sites known, and from bare addresses
const rounds = (make) => {
  let best = Infinity;
  for (let i = 0; i < 7; i++) best = Math.min(best, ms(() => { for (const r of requests) engine.match(Request.fromRawDetails(make(r))); }));
  return best * 1e6 / requests.length;
};
const nsKnown = rounds(known), nsWhole = rounds(details);

// which rule spoke, from an engine that keeps the text of its rules
const talking = FiltersEngine.parse(raw.join('\n'), { loadCosmeticFilters: false, debug: true });
const said = requests.map(r => {
  const m = talking.match(Request.fromRawDetails(details(r)));
  return [m.filter?.rawLine ?? '', m.exception?.rawLine ?? ''];
});

// the second opinion
const { StaticNetFilteringEngine, pslInit } = await import('@gorhill/ubo-core');
pslInit(readFileSync(suffixes, 'utf8'));
const snfe = await StaticNetFilteringEngine.create();
await snfe.useLists(raw.map((text, i) => ({ name: String(i), raw: text })));
const second = requests.map(r => {
  const verdict = snfe.matchRequest({ originURL: r.document, url: r.url, type: TYPES[r.type], method: 'get' });
  return [verdict === 1, verdict ? snfe.toLogData().raw : ''];
});
console.log(JSON.stringify({ load, nsKnown, nsWhole, heap: process.memoryUsage().heapUsed, blocked, said, second }));

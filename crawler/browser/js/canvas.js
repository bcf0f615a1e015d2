// canvas: what is drawn and whether it is read back (Englehardt & Narayanan 2016, section 6.1): a canvas counts
// when it is at least 16 × 16, has text of at least two colours or ten distinct characters drawn on it, and is
// read back as a lossless image or as pixels of an area of at least 16 × 16, and when the context's save,
// restore or addEventListener was not used on it.
const canvases = new WeakMap();
const canvasState = (c) => { let s = get(canvases, c); if (!s) canvases.set(c, s = { chars: new Set(), colours: new Set(), calls: {}, excluded: false, text: 0 }); return s; };
for (const name of ['CanvasRenderingContext2D', 'OffscreenCanvasRenderingContext2D']) {
  const p = proto(name);
  for (const write of ['fillText', 'strokeText']) wrap(p, write, (ctx, args) => {
    const s = canvasState(ctx.canvas);
    for (const c of cut(args[0], 500)) s.chars.add(c);
    s.text++;
    s.colours.add(text(write === 'fillText' ? ctx.fillStyle : ctx.strokeStyle));
  });
  for (const shape of ['fillRect', 'fill', 'stroke']) wrap(p, shape, (ctx) => { canvasState(ctx.canvas).colours.add(text(ctx.fillStyle)); });
  for (const used of ['save', 'restore']) wrap(p, used, (ctx) => { canvasState(ctx.canvas).excluded = true; });
  wrap(p, 'getImageData', (ctx, args) => readBack(ctx.canvas, 'getImageData', Math.abs(args[2]), Math.abs(args[3])));
}
for (const name of ['HTMLCanvasElement', 'OffscreenCanvas']) {
  const p = proto(name);
  wrap(p, 'toDataURL', (c, args) => { if (!/jpe?g|webp/i.test(args[0] || '')) readBack(c, 'toDataURL', c.width, c.height); });
  wrap(p, 'toBlob', (c, args) => { if (!/jpe?g|webp/i.test(args[1] || '')) readBack(c, 'toBlob', c.width, c.height); });
  wrap(p, 'convertToBlob', (c, args) => { if (!/jpe?g|webp/i.test(args[0] && args[0].type || '')) readBack(c, 'convertToBlob', c.width, c.height); });
}
function readBack(canvas, method, width, height) {
  const s = get(canvases, canvas);
  if (!s) return;
  report('canvas', { method, w: width, h: height, chars: s.chars.size, colours: s.colours.size, text: s.text, excluded: s.excluded }, 50);
}

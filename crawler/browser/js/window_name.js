// window_name: a value that stays with the tab when it goes to another site. Names that windows and frames are told
// apart by are short words; what may identify is longer.
wrapAccessor(global, 'name', 'set', (w, v) => {
  if (global.document && cut(v).length >= 8) report('window_name', { key: 'window.name', v: cut(v) }, 20);
});

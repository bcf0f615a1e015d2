// widgets: custom elements that are defined, by name and with the script that does it; a placeholder defines none.
wrap(proto('CustomElementRegistry'), 'define', (_, args) => report('element', { name: cut(args[0], 100).toLowerCase() }, 200));

/** Stands in for `@vscode/native-watchdog`, a native thread that ends the extension host when its parent is gone. */
exports.start = () => {};

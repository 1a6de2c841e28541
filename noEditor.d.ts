/** What `import ... from 'vscode'` finds everywhere but in `client/` and `test/`: nothing, so that it does not compile. */
export {};

/** The bundler makes a text of it. */
declare module '*.sh' {
  const text: string;
  export default text;
}

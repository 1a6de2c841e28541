/** Style sheets become `dist/webviews/<panel>.css`. */
declare module '*.css';

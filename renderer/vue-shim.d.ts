/** For tools that cannot read Vue's files; vue-tsc can, and takes their own types. */
declare module '*.vue' {
  import type { Component } from 'vue';
  const component: Component;
  export default component;
}

/** Runs before the modules, in words any browser reads: says so where one is too old for them. Docs/Pages.md names the versions. */
(function () {
  var isAble = typeof AbortSignal === 'function' && typeof AbortSignal.any === 'function'
    && window.CSS && CSS.supports('color', 'light-dark(#000, #fff)');
  if (isAble) return;
  document.documentElement.setAttribute('data-old', ''); // js/shell.js starts nothing then.
  document.getElementById('main').textContent = 'This browser is too old: these pages need Chrome or Edge 123, Firefox 124, Safari 17.5, or newer. '
    + '· 浏览器版本过旧：本页面需要 Chrome 或 Edge 123、Firefox 124、Safari 17.5 或更新的版本。';
})();

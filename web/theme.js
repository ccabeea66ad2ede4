// Before the first paint, so that a chosen theme does not flash.
(function () {
    try {
        const theme = localStorage.getItem('theme');
        if (theme) document.documentElement.dataset.theme = theme;
    } catch { /* no storage: the system's theme */ }
})();

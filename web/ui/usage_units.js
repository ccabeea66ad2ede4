// Amounts of use and names of pools, in words.
import { language, pick } from '/ui/language.js';
import { number } from '/ui/format.js';

const GB = 1073741824, MB = 1048576;
const says = pick({
    zh: { minutes: (n) => `${n}分钟`, messages: (n) => `${n}条` },
    en: { minutes: (n) => (n === '1' ? '1 minute' : `${n} minutes`), messages: (n) => (n === '1' ? '1 message' : `${n} messages`) },
});

// Bytes, minutes or messages; `of`: the whole that a part of is shown beside, whose unit it then has.
export function amount(service, quantity, of = quantity) {
    if (service === 'voice') return says.minutes(number(quantity));
    if (service === 'sms') return says.messages(number(quantity));
    return of >= GB ? `${number(quantity / GB, 2)} GB` : `${number(quantity / MB, 1).replace(/\.0$/, '')} MB`;
}

// What a person's charges for data stop at: their own cap or the tariff's, whichever is lower; null: neither.
export function cap_of({ own_data_cap, data_cap }) {
    const is_own = own_data_cap !== undefined && (data_cap === undefined || Number(own_data_cap) < Number(data_cap));
    return is_own ? { sum: own_data_cap, is_own } : data_cap !== undefined ? { sum: data_cap, is_own } : null;
}

const scopes = pick({
    zh: {
        data: { home: '国内流量', roaming: '漫游流量', any: '通用流量', directed: (name) => `定向流量（${name}）`, '': '流量' },
        voice: { home: '国内通话', roaming: '漫游通话', any: '通话', directed: (name) => `定向通话（${name}）`, '': '通话' },
        sms: { home: '短信', roaming: '漫游短信', any: '短信', directed: (name) => `定向短信（${name}）`, '': '短信' },
    },
    en: {
        data: { home: 'data in mainland China', roaming: 'data while roaming', any: 'data', directed: (name) => `data for ${name}`, '': 'data' },
        voice: { home: 'calls in mainland China', roaming: 'calls while roaming', any: 'calls', directed: (name) => `calls to ${name}`, '': 'calls' },
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

export default {
    zh: {
        head: '共{n}次违反义务', head_worst: '共{n}次违反义务，其中{name}{most}次', head_own: '{name}有{n}次违反义务', none: '没有违反义务的情况', none_says: '这些条件下，账本里的记录没有显示违反。换一个条件，或者等新的记录。',
        whose: '企业', where: '地区', since: '从哪天起', duty: '义务', everybody: '所有企业', whole: '全省', list: '逐件', list_note: '每件的证据就地打开，每条可以验证', regulator: '通信管理局',
        facts: '依据的记录', rule: '规则', see_rule: '看规则和限值', case: '看这件投诉', id: '编号', provisional: '期限里有还没有公布的工作日，先按周一到周五算。',
        stable: '同样的违反，每次计算得到同样的编号。后来的记录改变了事实，它就不再出现。',
    },
    en: {
        head: ({ n }) => (n === '1' ? '1 duty was broken' : `Duties were broken ${n} times`), head_worst: 'Duties were broken {n} times, {most} of them by {name}',
        head_own: '{name} broke duties {n} times', none: 'No broken duty', none_says: 'For this choice the records show none. Choose otherwise, or wait for new records.',
        whose: 'Operator', where: 'Area', since: 'Since', duty: 'Duty', everybody: 'all operators', whole: 'whole province', list: 'One by one',
        list_note: 'The evidence opens in place; each record can be verified', regulator: 'the regulator', facts: 'The records behind it', rule: 'The rule',
        see_rule: 'The rule and its limits', case: 'See this complaint', id: 'Identifier', provisional: 'Rests on working days not yet published: Monday to Friday count.',
        stable: 'The same fault has the same identifier in every run. When later records undo it, it is gone.',
    },
};

#include "measure/complaint/redact.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

enum { SEPARATORS = 3 }; /* signs between the digits of one number, at most */
enum { RUN_OF_DIGITS = 5, RUN_OF_NUMERALS = 7, NAME_SIGNS = 4, PLACE_SIGNS = 12, STREET_WORDS = 3 };

/* The text as signs: full width ASCII taken as half, bytes that are no UTF-8 by themselves. */
struct sign {
    uint32_t point;
    uint32_t at, end; /* in bytes */
    bool hidden;
};

struct signs {
    struct sign *at;
    size_t count;
};

static uint32_t narrow(uint32_t point)
{
    if (point >= 0xFF01 && point <= 0xFF5E) return point - 0xFEE0;
    if (point >= 0x2460 && point <= 0x2468) return point - 0x2460 + '1';              /* circled digits */
    if (point >= 0x2776 && point <= 0x277E) return point - 0x2776 + '1';
    if (point == 0x24EA) return '0';
    if (point >= 0x0660 && point <= 0x0669) return point - 0x0660 + '0';              /* Arabic ones */
    if (point >= 0x06F0 && point <= 0x06F9) return point - 0x06F0 + '0';
    if (point >= 0x1D7CE && point <= 0x1D7FF) return (point - 0x1D7CE) % 10 + '0';    /* mathematical ones */
    return point == 0x3000 || point == 0xA0 ? ' ' : point;
}

static void signs_read(struct str text, struct signs *signs)
{
    signs->at = allocate((text.length + 1) * sizeof *signs->at);
    for (size_t i = 0; i < text.length;) {
        uint8_t first = (uint8_t)text.at[i];
        size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
        if (length > text.length - i || !str_is_utf8((struct str){ text.at + i, length })) length = 1;
        uint32_t point = length == 1 ? first : first & (0xFFu >> (length + 1));
        for (size_t k = 1; k < length; k++) point = point << 6 | ((uint8_t)text.at[i + k] & 0x3F);
        signs->at[signs->count++] = (struct sign){ .point = narrow(point), .at = (uint32_t)i, .end = (uint32_t)(i + length) };
        i += length;
    }
}

/* A zero behind the last sign, so that every look ahead by one is inside. */
static uint32_t point_at(const struct signs *signs, size_t i)
{
    return i < signs->count ? signs->at[i].point : 0;
}

static void hide(struct signs *signs, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < signs->count; i++) signs->at[i].hidden = true;
}

/* ---- kinds of signs ---- */

static bool is_digit(uint32_t point) { return point >= '0' && point <= '9'; }
static bool is_capital(uint32_t point) { return point >= 'A' && point <= 'Z'; }
static bool is_letter(uint32_t point) { return is_capital(point) || (point >= 'a' && point <= 'z'); }
static bool is_han(uint32_t point) { return point >= 0x4E00 && point <= 0x9FFF; }
static bool is_ascii_word(uint32_t point) { return is_digit(point) || is_letter(point); }

/* Whether the sign is one of those of a text in UTF-8. */
static bool is_one_of(uint32_t point, const char *signs)
{
    struct signs among = { 0 };
    bool found = false;
    signs_read(str_of(signs), &among);
    for (size_t i = 0; i < among.count && !found; i++) found = among.at[i].point == point;
    free(among.at);
    return found && point;
}

/* What people put between digits: marks, spaces, and signs that are not seen. */
static bool is_separator(uint32_t point)
{
    return (point >= 0x200B && point <= 0x200F) || point == 0x2060 || point == 0xFEFF || point == 0xAD || is_one_of(point, " -.·–—_/\\()*|~+");
}

static bool is_numeral(uint32_t point) { return is_han(point) ? is_one_of(point, "零一二三四五六七八九十百幺两壹贰叁肆伍陆柒捌玖") : point == 0x3007; }

/* The number of signs of a word (of those separated by |) that stands at a place, small and capital letters alike; 0: none. The
   longest first where one begins another. */
static size_t word_at(const struct signs *signs, size_t from, const char *words)
{
    for (struct str rest = str_of(words); rest.length;) {
        size_t length = str_find(rest, '|');
        struct signs word = { 0 };
        signs_read((struct str){ rest.at, length }, &word);
        size_t count = word.count, same = 0;
        while (same < count) {
            uint32_t point = point_at(signs, from + same);
            if (is_capital(point)) point += 'a' - 'A';
            if (point != word.at[same].point) break;
            same++;
        }
        free(word.at);
        if (count && same == count) return count;
        size_t over = length < rest.length ? length + 1 : length;
        rest = (struct str){ rest.at + over, rest.length - over };
    }
    return 0;
}

/* ---- numbers ---- */

static size_t digits_hide(struct signs *signs, size_t from)
{
    size_t digits = 0, end = from;
    for (size_t i = from;; i++) {
        uint32_t point = point_at(signs, i);
        if (is_digit(point)) {
            digits++;
            end = i + 1;
        } else if (i - end >= SEPARATORS || !is_separator(point))
            break;
    }
    if (digits < RUN_OF_DIGITS) return end;
    while (is_letter(point_at(signs, end))) end++;
    while (from > 0 && is_ascii_word(signs->at[from - 1].point)) from--;
    hide(signs, from, end);
    return end;
}

static void numerals_hide(struct signs *signs, size_t from)
{
    size_t end = from;
    size_t numerals = 0;
    for (size_t i = from; i - end < SEPARATORS; i++) {
        if (is_numeral(point_at(signs, i))) {
            numerals++;
            end = i + 1;
        } else if (!is_separator(point_at(signs, i)))
            break;
    }
    if (numerals >= RUN_OF_NUMERALS) hide(signs, from, end);
}

/* ---- addresses of mail and pages ---- */

static bool is_of_mail(uint32_t point) { return is_ascii_word(point) || (point && strchr("._%+-", (int)(point < 0x80 ? point : ' '))); }

static void mail_hide(struct signs *signs, size_t at)
{
    size_t from = at, end = at + 1;
    while (from > 0 && is_of_mail(signs->at[from - 1].point)) from--;
    while (is_of_mail(point_at(signs, end))) end++;
    if (from < at && end > at + 1) hide(signs, from, end);
}

static void page_hide(struct signs *signs, size_t from)
{
    bool tells = false;
    size_t end = from;
    for (uint32_t point; (point = point_at(signs, end)) > ' ' && point < 0x7F; end++) tells |= point == '?' || point == '#' || point == '=';
    if (tells) hide(signs, from, end);
}

static const char accounts[] = "微信号|微信|wechat|weixin|qq号|qq";

static void account_hide(struct signs *signs, size_t from)
{
    size_t end;
    while (is_one_of(point_at(signs, from), " :是为：")) from++;
    for (end = from; is_ascii_word(point_at(signs, end)) || is_one_of(point_at(signs, end), "_-"); end++) {}
    if (end - from >= RUN_OF_DIGITS) hide(signs, from, end);
}

/* ---- names ---- */

/* After these a name is told; after those only where it begins with a surname and ends there. */
static const char name_follows[] = "我叫|我的名字叫|我的名字是|名字叫|名叫|姓名|联系人|户名";
static const char name_may_follow[] = "本人|我是|机主|户主|用户|客户";
static const char surnames[] =
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|王|李|张|刘|陈|杨|黄|赵|吴|周|徐|孙|马|朱|胡|郭|何|林|高|罗|郑|梁|谢|宋|唐|许|韩|邓|冯|曹|彭|曾|肖|"
    "田|董|潘|袁|蔡|蒋|余|于|杜|叶|程|魏|苏|吕|丁|任|卢|姚|沈|钟|姜|崔|谭|陆|范|汪|廖|石|金|韦|贾|夏|付|傅|方|邹|熊|白|孟|秦|邱|侯|江|尹|薛|闫|段|雷|龙|黎|"
    "史|陶|贺|毛|郝|顾|龚|邵|万|覃|武|钱|戴|严|莫|孔|向|常|汤|康|易|乔|赖|施|洪|季|庄|葛|柳|樊|殷|俞|倪|严|纪|焦|鲁|翟|祝|左|岳|齐";

static void name_hide(struct signs *signs, size_t from, bool is_told)
{
    size_t asked = from;
    while (is_one_of(point_at(signs, from), " :是为叫：")) from++;
    size_t surname = word_at(signs, from, surnames), end = from;
    while (is_han(point_at(signs, end)) && end - from < NAME_SIGNS + 1) end++;
    size_t length = end - from;
    if (is_told && length >= 2) {
        /* Without a stop behind it, a name is taken to have as many signs as most. */
        hide(signs, from, length <= NAME_SIGNS ? end : from + (surname ? surname + 2 : 3));
    } else if (!is_told && surname && length > surname && length <= surname + 2)
        hide(signs, from, end);
    else if (is_told && from > asked && is_capital(point_at(signs, from))) {
        while (is_letter(point_at(signs, end)) || (point_at(signs, end) == ' ' && is_capital(point_at(signs, end + 1)))) end++;
        hide(signs, from, end);
    }
}

static const char english_names[] = "my name is |name is |name: |i am called |signed by |mr. |mrs. |ms. |mr |mrs |ms |dr. ";
static const char english_may_be[] = "i am |i'm |this is ";

static void english_name_hide(struct signs *signs, size_t from, size_t least)
{
    size_t words = 0, end = from;
    while (words < STREET_WORDS && is_capital(point_at(signs, end + (words > 0 && point_at(signs, end) == ' ')))) {
        end += words > 0;
        while (is_letter(point_at(signs, end)) || is_one_of(point_at(signs, end), "'-’")) end++;
        words++;
        if (point_at(signs, end) != ' ') break;
    }
    if (words >= least) hide(signs, from, end);
}

/* ---- where people live ---- */

static const char units[] = "号楼|号院|号|栋|幢|单元|室|座|弄|层|楼|组|户";
static const char places[] = "路|街|巷|道|里|村|小区|花园|苑|大厦|公寓|广场|弄|城|园|庄|组|队|镇|乡|府|湾|墅|区";
static const char before_places[] = "在住到于是的址家去从我";

/* "12", "十二", "A", "B2": what numbers a house; its end, or from where there is none. */
static size_t house_number(const struct signs *signs, size_t from)
{
    size_t end = from;
    while (is_numeral(point_at(signs, end)) || is_ascii_word(point_at(signs, end)) || (end > from && point_at(signs, end) == '-')) end++;
    return end;
}

/* A number with what it counts, as often as one follows another: 3栋2单元501室. */
static size_t house_end(const struct signs *signs, size_t from, size_t *parts)
{
    size_t end = from;
    for (*parts = 0;; (*parts)++) {
        size_t number = house_number(signs, end), unit = number > end ? word_at(signs, number, units) : 0;
        if (!unit) return end;
        end = number + unit;
    }
}

static bool ends_a_place(const struct signs *signs, size_t end)
{
    for (size_t length = 1; length <= 2 && length <= end; length++)
        if (word_at(signs, end - length, places) == length) return true;
    return false;
}

static size_t place_start(const struct signs *signs, size_t end)
{
    size_t from = end;
    while (from > 0 && end - from < PLACE_SIGNS && is_han(signs->at[from - 1].point) && !is_one_of(signs->at[from - 1].point, before_places)) from--;
    return from;
}

static size_t home_hide(struct signs *signs, size_t from)
{
    size_t parts, end = house_end(signs, from, &parts);
    if (!parts) return from;
    if (ends_a_place(signs, from))
        hide(signs, place_start(signs, from), end);
    else if (parts >= 2)
        hide(signs, from, end);
    return end;
}

static const char streets[] = "street|road|avenue|lane|boulevard|drive|st.|rd.|ave.|st|rd|ave";
static const char rooms[] = "room |apartment |apt. |apt |flat |unit |building ";

static void english_home_hide(struct signs *signs, size_t from)
{
    size_t end = from, room = word_at(signs, from, rooms);
    if (room && house_number(signs, from + room) > from + room && is_digit(point_at(signs, from + room))) {
        hide(signs, from, house_number(signs, from + room));
        return;
    }
    while (is_digit(point_at(signs, end))) end++;
    if (end == from) return;
    for (size_t words = 0; words < STREET_WORDS + 1 && point_at(signs, end) == ' '; words++) {
        size_t street = word_at(signs, end + 1, streets);
        if (words && street && !is_letter(point_at(signs, end + 1 + street))) {
            hide(signs, from, end + 1 + street);
            return;
        }
        if (!is_ascii_word(point_at(signs, end + 1))) return;
        for (end++; is_ascii_word(point_at(signs, end));) end++;
    }
}

/* ---- all of it ---- */

static void hide_at(struct signs *signs, size_t i)
{
    uint32_t point = signs->at[i].point, before = i ? signs->at[i - 1].point : ' ';
    size_t length;
    if (point == '@') mail_hide(signs, i);
    if (is_digit(point) && !is_digit(before)) digits_hide(signs, i);
    if (is_numeral(point) && !is_numeral(before)) numerals_hide(signs, i);
    if ((is_numeral(point) || is_ascii_word(point)) && !is_numeral(before) && !is_ascii_word(before)) {
        home_hide(signs, i);
        english_home_hide(signs, i);
    }
    if (!is_letter(before)) {
        if (word_at(signs, i, "http://|https://|www.")) page_hide(signs, i);
        if ((length = word_at(signs, i, english_names))) english_name_hide(signs, i + length, 1);
        else if ((length = word_at(signs, i, english_may_be))) english_name_hide(signs, i + length, 2);
        if ((length = word_at(signs, i, accounts))) account_hide(signs, i + length);
    }
    if ((length = word_at(signs, i, name_follows))) name_hide(signs, i + length, true);
    else if ((length = word_at(signs, i, name_may_follow))) name_hide(signs, i + length, false);
}

void redact(struct str text, enum language language, struct text *out)
{
    struct signs signs = { 0 };
    must(text.length < UINT32_MAX);
    signs_read(text, &signs);
    for (size_t i = 0; i < signs.count; i++) hide_at(&signs, i);
    for (size_t i = 0; i < signs.count; i++)
        if (!signs.at[i].hidden)
            text_add(out, (struct str){ text.at + signs.at[i].at, signs.at[i].end - signs.at[i].at });
        else if (!i || !signs.at[i - 1].hidden)
            text_add(out, language == CHINESE ? STR("［已隐去］") : STR("[removed]"));
    free(signs.at);
}

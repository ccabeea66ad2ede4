/* Maps proposed from a stranger's file. What is looked for is a piece of the proposal without its blanks; in it ' stands
   for ". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "door/map_parts.h"
#include "measure/complaint/complaint.h"

#include <cmocka.h>
#undef fail /* ours is meant */
#include "both_languages.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct proposal {
    struct text json, bare;
    char directory[256], path[300];
};

static void propose(const struct kind *kind, const char *csv, struct proposal *proposal)
{
    struct error error = { 0 };
    const char *temporary = getenv("TMPDIR");
    *proposal = (struct proposal){ 0 };
    snprintf(proposal->directory, sizeof proposal->directory, "%s/propose-XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(proposal->directory));
    snprintf(proposal->path, sizeof proposal->path, "%s/file.csv", proposal->directory);
    FILE *file = fopen(proposal->path, "w");
    assert_non_null(file);
    fputs(csv, file);
    fclose(file);
    struct reader_options options = { .path = proposal->path };
    struct reader *reader = reader_open(&options, &error);
    assert_non_null(reader);
    assert_true(map_propose(kind, reader, &proposal->json, &error));
    reader_close(reader);
    for (size_t i = 0; i < proposal->json.length; i++) {
        char byte = proposal->json.at[i];
        if (byte != ' ' && byte != '\n') text_add_byte(&proposal->bare, byte == '"' ? '\'' : byte);
    }
}

static void done(struct proposal *proposal)
{
    unlink(proposal->path);
    rmdir(proposal->directory);
    text_close(&proposal->json);
    text_close(&proposal->bare);
}

static void check(const char *csv, const char *const *pieces, size_t count)
{
    struct proposal proposal;
    propose(&complaint_kind, csv, &proposal);
    for (size_t i = 0; i < count; i++) {
        if (!strstr(text_zero(&proposal.bare), pieces[i])) print_error("%s\nlacks %s\n", text_zero(&proposal.json), pieces[i]);
        assert_non_null(strstr(text_zero(&proposal.bare), pieces[i]));
    }
    done(&proposal);
}

static void an_english_file(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "'kind':'complaint'",
        "'id':{'column':'Ticket#'}",
        "'operator':{'value':'?'}",
        "'area':{'column':'State','values':{'Maryland':'?','Georgia':'?'}}",
        "'filed':{'columns':['Date','Time'],'forms':['M-D-YYYYh:mm:ssA','D-M-YYYYh:mm:ssA']}",
        "spreadsheetleavesthem",
        "'channel':{'column':'ReceivedVia'}",
        "'text':{'column':'CustomerComplaint'}",
        "'outcome':{'column':'Status','values':{'Closed':'Closed','Open':null}}",
        "'ignore':['City','Zipcode']",
    };
    check("Ticket #,Customer Complaint,Date,Time,Received Via,City,State,Zip code,Status\n"
          "250635,Slow,22-04-2015,3:53:50 PM,Call,A,Maryland,21009,Closed\n"
          "223441,Slow,04-08-2015,10:22:56 AM,Internet,A,Georgia,30102,Open\n"
          "242732,Slow,18-05-2015,9:55:47 AM,Internet,A,Georgia,30101,Closed\n",
          pieces, COUNT(pieces));
}

static void a_chinese_file(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "'id':{'column':'工单编号'}",
        "'operator':{'column':'被投诉企业','values':{'中国移动':'?'}}",
        "'area':{'column':'地市','values':{'南京':'?','苏州':'?'}}",
        "'category':{'column':'投诉类别','values':{'强制捆绑':'forced_bundling','别的':'?'}}",
        "'filed':{'column':'投诉受理时间'}",
        "'subscriber':{'column':'用户手机号码'}",
        "'satisfied':{'column':'是否满意'}",
        "'ignore':['备注']",
    };
    check("工单编号,被投诉企业,地市,投诉类别,投诉受理时间,受理渠道,用户手机号码,是否满意,备注\n"
          "1,中国移动,南京,强制捆绑,2015/1/3 8:00,热线,13800138000,是,x\n"
          "2,中国移动,苏州,别的,2015/1/4 8:00,热线,13800138001,否,x\n",
          pieces, COUNT(pieces));
}

static void the_example_of_the_page(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "'id':{'column':'Case'}",
        "'operator':{'column':'Firm','values':{'NorthTelecom':'?'}}",
        "'area':{'column':'Region','values':{'Ontario':'?'}}",
        "'category':{'column':'Topic','values':{'Invoice':'?'}}",
        "'filed':{'column':'Received','forms':['D/M/YYYYh:mmA']}",
        "'channel':{'column':'By'}",
        "'outcome':{'column':'State'}",
        "'ignore':['Notes']",
    };
    check("Case,Received,Firm,Region,Topic,By,State,Notes\n"
          "A-17,17/04/2015 3:20 PM,North Telecom,Ontario,Invoice,Telephone,Done,called twice\n",
          pieces, COUNT(pieces));
}

/* In GB18030, under two titles. */
static void a_file_under_titles(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "'id':{'column':'投诉单号'}",
        "'operator':{'column':'被投诉企业','values':{'中国移动':'?'}}",
        "'area':{'column':'省份','values':{'江苏':'?'}}",
        "'filed':{'column':'受理时间'}",
        "'outcome':{'column':'状态','values':{'已办结':'已办结','处理中':null}}",
        "'ignore':['序号']",
    };
    check("\275\255\313\325\312\241\315\266\313\337\314\250\325\313,2015\304\352\n"
          "\265\245\316\273\243\272\304\317\276\251\267\326\271\253\313\276\n"
          "\320\362\272\305,\315\266\313\337\265\245\272\305,\261\273\315\266\313\337\306\363\322\265,"
          "\312\241\267\335,\312\334\300\355\312\261\274\344,\327\264\314\254\n"
          "1,JS-1,\326\320\271\372\322\306\266\257,\275\255\313\325,"
          "2015\304\3521\324\3025\310\325 \311\317\316\34710:00,\322\321\260\354\275\341\n"
          "2,JS-2,\326\320\271\372\322\306\266\257,\275\255\313\325,"
          "2015\304\3521\324\3026\310\325 \317\302\316\3473:05,\264\246\300\355\326\320\n",
          pieces, COUNT(pieces));
}

/* Only what differs in every row numbers the cases; where no name says so a person is asked. */
static void numbers_of_cases(void **state)
{
    (void)state;
    static const char *const number[] = { "'id':{'column':'ComplaintNo.'}", "'ignore':['Case','No']" };
    check("Case,No,Complaint No.,filed,area\nbill,1,A1,2015-01-03,1\nbill,1,A2,2015-01-03,1\n", number, COUNT(number));
    static const char *const asked[] = { "'id':{'made':'source-line'}", "but'Zettel'isdifferentineveryrow", "但'Zettel'列",
                                         "'ignore':['Case','Zettel']" };
    check("Case,Zettel,filed,area\nbill,A1,2015-01-03,1\nbill,A2,2015-01-03,1\n", asked, COUNT(asked));
}

static void columns_with_strange_names(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "'id':{'made':'source-line'}",
        "'filed':{'column':'Spalte2','forms':['D.M.YYYYH:mm']}",
        "otherwayround",
        "'subscriber':{'column':'Spalte1'}",
        "'channel':{'value':'?'}",
        "'ignore':['Spalte3']",
    };
    check("Spalte 1,Spalte 2,Spalte 3\n+8613800138000,03.04.2015 08:00,a b\n138-0013-8001,05.04.2015 09:00,c d\n", pieces,
          COUNT(pieces));
}

/* Once a file has our own columns the proposal is a map that can be used. */
static void a_proposal_is_a_map(void **state)
{
    (void)state;
    struct proposal proposal;
    struct error error = { 0 };
    propose(&complaint_kind,
            "id,operator,area,filed,channel,source,seq,rejected\n1,cmcc,320100,01/13/2015 3:00 PM,hotline,boss,1,was wrong\n",
            &proposal);
    struct map *map = map_of_json(&complaint_kind, text_str(&proposal.json), "proposal", &error);
    if (!map) print_error("%s\n%s\n", text_zero(&proposal.json), error.says);
    assert_non_null(map);
    assert_non_null(strstr(text_zero(&proposal.bare), "'filed':{'column':'filed','forms':['M/D/YYYYh:mmA']}"));
    assert_non_null(strstr(text_zero(&proposal.bare), "'ignore':[]"));
    map_close(map);
    done(&proposal);

    /* and until a person has filled in what only they know, it says so */
    propose(&complaint_kind, "id,area,filed,channel\n1,320100,2015-01-03,hotline\n", &proposal);
    assert_null(map_of_json(&complaint_kind, text_str(&proposal.json), "proposal", &error));
    assert_non_null(strstr(error.says, "field \"operator\", value: the question mark"));
    assert_string_equal(error.chinese, "proposal，字段 \"operator\", value：问号处须由你填写");
    done(&proposal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_english_file),
        cmocka_unit_test(a_chinese_file),
        cmocka_unit_test(the_example_of_the_page),
        cmocka_unit_test(a_file_under_titles),
        cmocka_unit_test(numbers_of_cases),
        cmocka_unit_test(columns_with_strange_names),
        cmocka_unit_test(a_proposal_is_a_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

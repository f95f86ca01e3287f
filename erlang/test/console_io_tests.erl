%% What a process that only prints answers to Erlang's I/O protocol.
-module(console_io_tests).

-export([characters_test/0, calls_test/0, lists_of_requests_test/0, reading_test/0,
         nonsense_test/0]).

check(Request, Printed, Reply) ->
    {Printed, Reply} = console_io:request(Request).

characters_test() ->
    check({put_chars, unicode, "hi"}, <<"hi">>, ok),
    check({put_chars, unicode, [<<"h">>, $i, "\n"]}, <<"hi\n">>, ok),
    check({put_chars, latin1, [16#E9]}, <<"é"/utf8>>, ok),
    check({put_chars, unicode, <<"é"/utf8>>}, <<"é"/utf8>>, ok),
    check({put_chars, unicode, [16#110000]}, <<>>, {error, {put_chars, unicode, [16#110000]}}).

calls_test() ->
    check({put_chars, unicode, io_lib, format, ["~w", [42]]}, <<"42">>, ok),
    check({put_chars, unicode, erlang, error, [no]}, <<>>, {error, error}).

lists_of_requests_test() ->
    check({requests, [{put_chars, unicode, "a"}, {put_chars, unicode, "b"}]}, <<"ab">>, ok),
    check({requests, [{put_chars, unicode, "a"}, unknown, {put_chars, unicode, "b"}]},
          <<"a">>, {error, request}).

reading_test() ->
    check({get_line, unicode, "name: "}, <<>>, eof),
    check({get_until, unicode, "", io_lib, scan, []}, <<>>, eof).

nonsense_test() ->
    check(nonsense, <<>>, {error, request}),
    check({nonsense, 1}, <<>>, {error, request}).

%% Files, by OTP's own modules: what a program sees of them must be the same on a disk and in the page.
-module(otp_file_tests).
-compile(export_all).
-compile(nowarn_export_all).
-include_lib("kernel/include/file.hrl").

tests() ->
    [write_read_test, modes_test, missing_test, names_test, folders_test, deep_removal_test, rename_test, copy_test,
     handle_test, position_test, lines_test, raw_test, raw_lines_test, read_ahead_test, append_test, truncate_test,
     pread_test, info_test, consult_test, eval_test, path_test, encoding_test, io_test, large_test, cwd_test,
     wildcard_test, filelib_test, filename_test, errors_test, compile_test, path_of_modules_test, loaded_with_callers_test].

%% A folder of its own for each test, which is the current one meanwhile.
within(Work) ->
    {ok, Was} = file:get_cwd(),
    Folder = filename:join("/tmp", "otp_file_tests." ++ integer_to_list(erlang:unique_integer([positive]))
                           ++ "." ++ os:getpid()),
    ok = file:make_dir(Folder),
    ok = file:set_cwd(Folder),
    try
        Work(Folder)
    catch
        Class:Reason -> {Class, Reason}
    after
        file:set_cwd(Was),
        file:del_dir_r(Folder)
    end.

write_read_test() ->
    within(fun(_) ->
        {file:write_file("a", "hi"), file:read_file("a"), file:write_file("a", [<<"x">>, $y, ["z"]]), file:read_file("a"),
         file:write_file("empty", ""), file:read_file("empty"), file:write_file("a", <<"more">>, [append]),
         file:read_file("a"), file:delete("a"), file:read_file("a"), file:read_file("empty", [raw])}
    end).

modes_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "12345"),
        Try = fun(Modes) ->
            case file:open("a", Modes) of
                {ok, File} -> file:close(File), file:read_file("a");
                Error -> Error
            end
        end,
        [Try(Modes) || Modes <- [[read], [], [read, write], [append], [exclusive], [write, exclusive], [raw, read],
                                 [raw], [nonsense], [write]]]
    end).

missing_test() ->
    within(fun(_) ->
        ok = file:write_file("plain", ""),
        {file:open("no", [read]), file:open("no/a", [write]), file:delete("no"), file:list_dir("no"),
         file:del_dir("no"), file:rename("no", "b"), file:read_file_info("no"), file:open("plain/a", [write]),
         file:list_dir("plain"), file:make_dir("no/a"), file:consult("no"), file:set_cwd("no"), file:set_cwd("plain")}
    end).

names_test() ->
    within(fun(_) ->
        Names = ["é", "日本.erl", "a b", <<"binary">>, atom, ["de", "ep"]],
        Written = [file:write_file(Name, "x") || Name <- Names],
        {ok, Found} = file:list_dir("."),
        {Written, lists:sort(Found), file:write_file("nul\0", ""), file:write_file("", ""), file:open({bad}, [read])}
    end).

folders_test() ->
    within(fun(_) ->
        {file:make_dir("a"), file:make_dir("a"), file:make_dir("a/b"), file:del_dir("a"), file:del_dir("a/b"),
         file:list_dir("a"), file:del_dir("a"), file:write_file("f", ""), file:del_dir("f"), file:make_dir("f"),
         file:make_dir("d"), file:delete("d"), file:read_file("d"), file:open("d", [read])}
    end).

deep_removal_test() ->
    within(fun(_) ->
        ok = filelib:ensure_path("a/b/c"),
        ok = file:write_file("a/b/c/d", "x"),
        {file:del_dir_r("a"), file:list_dir("."), file:del_dir_r("a")}
    end).

rename_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "1"), ok = file:write_file("b", "2"), ok = file:make_dir("d"),
        ok = file:write_file("d/c", "3"),
        {file:rename("a", "b"), file:read_file("b"), file:read_file("a"), file:rename("d", "e"), file:read_file("e/c"),
         file:rename("b", "e/b"), lists:sort(element(2, file:list_dir("e")))}
    end).

copy_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "12345"),
        {file:copy("a", "b"), file:read_file("b"), file:copy("a", "c", 2), file:read_file("c"), file:copy("no", "d")}
    end).

handle_test() ->
    within(fun(_) ->
        {ok, File} = file:open("a", [read, write, binary]),
        {file:write(File, "line 1\nline 2\n"), file:position(File, bof), file:read(File, 4), file:read(File, 100),
         file:read(File, 1), file:close(File), file:read(File, 1), file:close(File)}
    end).

position_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "0123456789"),
        {ok, File} = file:open("a", [read, write]),
        {file:position(File, 3), file:read(File, 2), file:position(File, cur), file:position(File, {cur, -1}),
         file:read(File, 1), file:position(File, {eof, -2}), file:read(File, 9), file:position(File, {bof, -1}),
         file:position(File, eof), file:position(File, nonsense), file:close(File)}
    end).

lines_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "one\ntwo\r\n\nlast"),
        {ok, File} = file:open("a", [read]),
        Lines = [file:read_line(File) || _ <- lists:seq(1, 6)],
        ok = file:close(File),
        Lines
    end).

raw_test() ->
    within(fun(_) ->
        {ok, File} = file:open("a", [raw, read, write]),
        {file:write(File, [<<"ab">>, "cd"]), file:position(File, 0), file:read(File, 0), file:read(File, 2), file:read(File, 10),
         file:read(File, 1), file:sync(File), file:datasync(File), file:advise(File, 0, 0, normal),
         file:advise(File, 0, 0, nonsense), file:close(File)}
    end).

raw_lines_test() ->
    within(fun(_) ->
        ok = file:write_file("a", ["short\n", lists:duplicate(700, $x), "\r\n", "\nend"]),
        {ok, File} = file:open("a", [raw, read, binary]),
        Lines = [file:read_line(File) || _ <- lists:seq(1, 5)],
        ok = file:close(File),
        [case Line of {ok, Text} -> {byte_size(Text), binary:last(Text)}; Other -> Other end || Line <- Lines]
    end).

read_ahead_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "0123456789"),
        {ok, File} = file:open("a", [raw, read, write, binary, {read_ahead, 5}]),
        {file:read(File, 2), file:position(File, cur), file:read(File, 3), file:write(File, "X"), file:position(File, cur),
         file:read(File, 100), file:close(File), file:read_file("a")}
    end).

append_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "1"),
        {ok, File} = file:open("a", [append]),
        ok = file:write(File, "2"),
        ok = file:write(File, "3"),
        {file:close(File), file:read_file("a")}
    end).

truncate_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "12345"),
        {ok, File} = file:open("a", [read, write]),
        {file:position(File, 2), file:truncate(File), file:close(File), file:read_file("a")}
    end).

pread_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "0123456789"),
        {ok, File} = file:open("a", [raw, read, write, binary]),
        {file:pread(File, 2, 3), file:pread(File, 8, 5), file:pread(File, 20, 1), file:pread(File, [{0, 1}, {9, 1}, {30, 1}]),
         file:pwrite(File, 3, "abc"), file:pwrite(File, [{0, "X"}, {9, "Y"}]), file:pread(File, -1, 1), file:close(File),
         file:read_file("a")}
    end).

info_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "12345"),
        ok = file:make_dir("d"),
        {ok, A} = file:read_file_info("a"),
        {ok, D} = file:read_file_info("d"),
        {ok, Posix} = file:read_file_info("a", [{time, posix}]),
        {ok, File} = file:open("a", [raw, read]),
        {ok, Open} = file:read_file_info(File),
        ok = file:close(File),
        {A#file_info.size, A#file_info.type, A#file_info.access, D#file_info.type, Open#file_info.size,
         tuple_size(A#file_info.mtime), is_integer(Posix#file_info.mtime),
         abs(os:system_time(second) - Posix#file_info.mtime) < 10, file:write_file_info("no", #file_info{mode = 8#600}),
         file:write_file_info("a", #file_info{mode = 8#644}), file:read_link("a"), file:read_link("no"),
         element(1, file:read_link_info("a"))}
    end).

consult_test() ->
    within(fun(_) ->
        ok = file:write_file("good", "{a, 1}.\n%% words\n[\"é\"].\n"),
        ok = file:write_file("bad", "{a, 1}.\n{b,\n"),
        {file:consult("good"), file:consult("bad"), file:format_error(element(2, file:consult("bad")))}
    end).

eval_test() ->
    within(fun(_) ->
        ok = file:write_file("s", "X = 3.\nX * 2.\n"),
        ok = file:write_file("b", "foo(.\n"),
        {file:script("s"), file:eval("s"), file:script("b"), file:script("no")}
    end).

path_test() ->
    within(fun(Folder) ->
        ok = filelib:ensure_dir("x/y/"),
        ok = file:write_file("x/y/a", "{here}."),
        {ok, _, Found} = file:path_consult(["no", "x/y"], "a"),
        {Found =:= filename:join(Folder, "x/y/a") orelse Found, file:path_consult(["no"], "a")}
    end).

encoding_test() ->
    within(fun(_) ->
        {ok, Out} = file:open("a", [write, {encoding, utf8}]),
        ok = io:format(Out, "~ts~n", ["日本"]),
        ok = file:close(Out),
        {ok, In} = file:open("a", [read, {encoding, utf8}]),
        Line = io:get_line(In, ""),
        ok = file:close(In),
        {ok, Latin} = file:open("a", [read]),
        Bytes = io:get_line(Latin, ""),
        ok = file:close(Latin),
        {Line, Bytes, file:read_file("a")}
    end).

io_test() ->
    within(fun(_) ->
        ok = file:write_file("a", "12 foo. {x,\n y}.\nrest of it\n"),
        {ok, File} = file:open("a", [read]),
        Values = [io:fread(File, "", "~d"), io:read(File, ""), io:read(File, ""), io:get_chars(File, "", 5),
                  io:get_line(File, ""), io:get_line(File, ""), io:getopts(File)],
        ok = file:close(File),
        Values
    end).

large_test() ->
    within(fun(_) ->
        Bytes = binary:copy(<<"0123456789abcdef">>, 20000),
        ok = file:write_file("a", Bytes),
        {ok, Read} = file:read_file("a"),
        {ok, File} = file:open("a", [raw, read, binary]),
        {ok, Part} = file:read(File, 1 bsl 20),
        {Read =:= Bytes, byte_size(Part), file:read(File, 1), file:close(File)}
    end).

cwd_test() ->
    within(fun(Folder) ->
        ok = filelib:ensure_path("a/b"),
        ok = file:set_cwd("a/./b/.."),
        {ok, A} = file:get_cwd(),
        ok = file:write_file("here", ""),
        ok = file:set_cwd(".."),
        {ok, Back} = file:get_cwd(),
        {A =:= filename:join(Folder, "a") orelse A, Back =:= Folder, file:list_dir("a/b"), filelib:is_file("a/here"),
         filename:absname("x") =:= filename:join(Folder, "x")}
    end).

wildcard_test() ->
    within(fun(_) ->
        ok = filelib:ensure_path("src/deep"),
        [ok = file:write_file(Name, "") || Name <- ["a.erl", "b.erl", "c.txt", "src/d.erl", "src/deep/e.erl"]],
        {filelib:wildcard("*.erl"), filelib:wildcard("**/*.erl"), filelib:wildcard("{a,c}.*"), filelib:wildcard("[ab].erl"),
         filelib:wildcard("src/*"), filelib:wildcard("*.erl", "src"), filelib:wildcard("no*"), filelib:wildcard("?.txt")}
    end).

filelib_test() ->
    within(fun(_) ->
        ok = filelib:ensure_dir("x/y/z"),
        ok = file:write_file("x/y/z", "12"),
        {filelib:is_dir("x/y"), filelib:is_dir("x/y/z"), filelib:is_file("x/y/z"), filelib:is_regular("x/y"),
         filelib:file_size("x/y/z"), filelib:file_size("no"), filelib:last_modified("no"),
         filelib:safe_relative_path("a/../b", "."),
         filelib:safe_relative_path("../b", ".")}
    end).

filename_test() ->
    {filename:join(["a", "b", "/c", "d"]), filename:basename("/a/b.erl", ".erl"), filename:dirname("a/b/c"),
     filename:extension("a.b.c"), filename:rootname("a.b.c"), filename:split("/a/b"), filename:flatten(["a", 'b', "c"]),
     filename:nativename("a//b"), filename:pathtype("/a"), filename:pathtype("a"), filename:absname("/a/../b"),
     filename:basename(<<"a/b">>)}.

errors_test() ->
    [file:format_error(Reason) || Reason <- [enoent, eacces, eisdir, enotdir, eexist, enospc, badarg, terminated]].

compile_test() ->
    within(fun(_) ->
        ok = file:write_file("otp_file_probe.erl", "-module(otp_file_probe).\n-include(\"p.hrl\").\n-export([f/0]).\nf() -> ?P.\n"),
        ok = file:write_file("p.hrl", "-define(P, 42).\n"),
        ok = file:write_file("otp_file_bad.erl", "-module(otp_file_bad).\nf() -> X.\n"),
        {compile:file("otp_file_probe", [return]), code:load_abs(filename:absname("otp_file_probe")) =:= {module, otp_file_probe},
         erlang:apply(otp_file_probe, f, []), compile:file("otp_file_bad", [return]), compile:file("otp_file_no", [return])}
    end).

%% Where modules are looked for, in folders that are there and are not.
path_of_modules_test() ->
    within(fun(Folder) ->
        Was = code:get_path(),
        ok = file:make_dir("a-1.0"), ok = file:make_dir("a-1.0/ebin"), ok = file:make_dir("b"),
        [A, B] = [filename:join(Folder, Name) || Name <- ["a-1.0/ebin", "b"]],
        Mine = fun() -> [filename:basename(filename:dirname(F)) ++ "/" ++ filename:basename(F) || F <- code:get_path(), F =:= A orelse F =:= B] end,
        try
            [lists:member(".", code:get_path()), code:add_patha(A), Mine() =:= ["a-1.0/ebin"], hd(code:get_path()) =:= A, code:add_patha(filename:join(Folder, "no")), code:add_pathz(B ++ "/"),
             lists:last(code:get_path()) =:= B, code:add_pathz(A), hd(code:get_path()) =:= A, code:add_pathsa([A, filename:join(Folder, "no"), B]), length(Mine()), hd(code:get_path()) =:= B,
             code:del_path(B), code:del_path(B), code:del_path(a), length(Mine()), code:add_path(A), code:replace_path(a, B), code:replace_path(b, B), lists:last(code:get_path()) =:= B, code:replace_path(a, A), length(Mine()), code:replace_path(no, filename:join(Folder, "no")), code:replace_path(B, filename:join(Folder, "no")),
             code:del_paths([B, nothing]), length(Mine()), code:add_pathsz([A, B]), code:set_path([filename:join(Folder, "no")]), lists:nthtail(length(code:get_path()) - 2, code:get_path()) =:= [A, B]]
            ++ [try Work() catch error:function_clause -> function_clause end
                || Work <- [fun() -> code:add_patha(17) end, fun() -> code:add_pathsz(x) end, fun() -> code:del_path(17) end, fun() -> code:set_path(x) end, fun() -> code:replace_path(17, B) end]]
        after
            code:set_path(Was)
        end
    end).

%% Compiled into a folder of the path, a module can be called at once; whom it calls is found there, too.
loaded_with_callers_test() ->
    within(fun(Folder) ->
        ok = file:make_dir("ebin"),
        Ebin = filename:join(Folder, "ebin"),
        [ok = file:write_file(Name ++ ".erl", ["-module(", Name, ").\n-export([f/0, init/1]).\ninit(A) -> {ok, A}.\nf() -> ", Body, ".\n"])
         || {Name, Body} <- [{"otp_path_a", "otp_path_b:f() + 1"}, {"otp_path_b", "41"}, {"otp_path_c", "otp_path_a:f()"}, {"otp_path_d", "1"}]],
        [compile:file(Name, [{outdir, Ebin}]) || Name <- [otp_path_a, otp_path_b]],
        NotYet = [code:ensure_loaded(otp_path_a), code:where_is_file("otp_path_a.beam")],
        true = code:add_patha(Ebin),
        try
            {ok, otp_path_c} = compile:file("otp_path_c"),
            {ok, otp_path_d} = compile:file("otp_path_d"),
            Call = fun(Module) -> apply(Module, f, []) end,
            {NotYet, Call(otp_path_c), Call(otp_path_a), code:which(otp_path_b) =:= filename:join(Ebin, "otp_path_b.beam"), code:where_is_file("otp_path_a.beam") =:= filename:join(Ebin, "otp_path_a.beam"),
             code:ensure_loaded(otp_path_none), element(1, gen_server:start(otp_path_d, [], [])), code:load_file(otp_path_a)}
        after
            code:del_path(Ebin)
        end
    end).

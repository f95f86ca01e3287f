%% Native functions reached through the VM's tables: time, system, digests, code, files, resources.
-module(natives).
-export([start/0]).

start() ->
    show:all([
        {time, fun() -> [is_integer(erlang:system_time(second)), is_integer(erlang:monotonic_time(nanosecond)), size(erlang:timestamp()), size(erlang:universaltime())] end},
        {time_goes_on, fun() -> A = erlang:monotonic_time(microsecond), B = spin(20000, A), B >= A end},
        {calendar, fun() -> [calendar:system_time_to_universal_time(T, second) || T <- [0, 951782400, 4102444800]] end},
        {system, fun() -> [erlang:system_info(wordsize), erlang:system_info(machine), is_integer(erlang:system_info(process_count))] end},
        {bad_system, fun() -> erlang:system_info(no_such_thing) end},
        {info, fun() -> [process_info(self(), heap_size) =/= undefined, tuple_size(process_info(self(), message_queue_len))] end},
        {memory, fun() -> is_integer(erlang:memory(binary)) end},
        {exported, fun() -> [erlang:function_exported(?MODULE, start, 0), erlang:function_exported(?MODULE, stop, 0)] end},
        {loaded, fun() -> [erlang:module_loaded(?MODULE), erlang:module_loaded(no_such_module)] end},
        {gc, fun() -> erlang:garbage_collect() end},
        {compare, fun() -> [erts_internal:cmp_term(A, B) || {A, B} <- [{1, 2}, {a, "a"}, {1.0, 1}, {b, b}]] end},
        {flat_size, fun() -> [erts_debug:flat_size(T) || T <- [1, [1, 2], {a, b, {c}}, #{}]] end},
        {fun_info, fun() -> erlang:fun_info(fun lists:reverse/1, arity) end},
        {flatten, fun() -> lists:flatten([1, [2, [3, []], "ab"]]) end},
        {unicode_bad, fun() -> unicode:characters_to_list(<<255, 254>>) end},
        {compress, fun() -> zlib:compress(list_to_binary([<<"abc">> || _ <- [1, 2, 3, 4, 5, 6, 7, 8]])) end},
        {digest, fun() -> [erlang:crc32([<<"ab">>, "c"]), erlang:crc32(0, <<"abc">>)] end},
        {cwd, fun() -> file:get_cwd() end},
        {file, fun() -> files() end},
        {no_file, fun() -> atomvm:posix_open("/nowhere/at/all", [o_rdonly]) end},
        {directory, fun() -> directories() end},
        {platform, fun() -> atomvm:platform() end},
        {random, fun() -> is_integer(atomvm:random()) end},
        {crypto, fun() -> [crypto:hash(H, <<"abc">>) || H <- [md5, sha, sha224, sha256, sha384, sha512]] end},
        {mac, fun() -> crypto:mac(hmac, sha256, <<"key">>, <<"message">>) end},
        {cipher, fun() -> crypto:crypto_one_time(aes_128_ctr, <<1:128>>, <<2:128>>, <<"plain text">>, true) end},
        {bad_digest, fun() -> crypto:hash(no_such_digest, <<>>) end},
        {random_bytes, fun() -> byte_size(crypto:strong_rand_bytes(16)) end}
    ]).

spin(0, _) -> erlang:monotonic_time(microsecond);
spin(N, X) -> spin(N - 1, X).

files() ->
    {ok, Out} = atomvm:posix_open("/tmp/natives.txt", [o_wronly, o_creat, o_trunc], 8#644),
    {ok, 11} = atomvm:posix_write(Out, <<"hello there">>),
    ok = atomvm:posix_close(Out),
    {ok, In} = atomvm:posix_open("/tmp/natives.txt", [o_rdonly]),
    {ok, First} = atomvm:posix_read(In, 5),
    {ok, Where} = atomvm:posix_seek(In, 1, seek_cur),
    {ok, Rest} = atomvm:posix_read(In, 100),
    End = atomvm:posix_read(In, 100),
    ok = atomvm:posix_close(In),
    {First, Where, Rest, End, atomvm:posix_unlink("/tmp/natives.txt")}.

directories() ->
    ok = atomvm:posix_mkdir("/tmp/natives_dir", 8#755),
    {ok, Dir} = atomvm:posix_opendir("/tmp/natives_dir"),
    Entries = entries(Dir),
    ok = atomvm:posix_closedir(Dir),
    {Entries, atomvm:posix_rmdir("/tmp/natives_dir")}.

entries(Dir) ->
    case atomvm:posix_readdir(Dir) of
        {ok, {dirent, _Inode, Name}} -> [Name | entries(Dir)];
        eof -> []
    end.

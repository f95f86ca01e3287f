%% What was read ahead of a file; native in OTP. A buffer belongs to the process that opened the file, so it lies in
%% that one's dictionary.
-module(prim_buffer).
-overlay(whole).
-compile({no_auto_import, [size/1]}).
-export([new/0, size/1, wipe/1, read/2, read_iovec/2, write/2, skip/2, find_byte_index/2, try_lock/1, unlock/1]).

new() -> make_ref().

size(Buffer) -> byte_size(content(Buffer)).

wipe(Buffer) ->
    _ = erase({?MODULE, Buffer}),
    ok.

read(Buffer, Size) ->
    case content(Buffer) of
        <<Read:Size/binary, Rest/binary>> ->
            keep(Buffer, Rest),
            Read;
        _ ->
            error(badarg)
    end.

read_iovec(Buffer, Size) -> [read(Buffer, Size)].

skip(Buffer, Size) ->
    _ = read(Buffer, Size),
    ok.

write(Buffer, Data) -> keep(Buffer, iolist_to_binary([content(Buffer), Data])).

find_byte_index(Buffer, Byte) ->
    case binary:match(content(Buffer), <<Byte>>) of
        {At, 1} -> {ok, At};
        nomatch -> not_found
    end.

try_lock(_Buffer) -> acquired.
unlock(_Buffer) -> ok.

content(Buffer) ->
    case get({?MODULE, Buffer}) of
        undefined -> <<>>;
        Bytes -> Bytes
    end.

keep(Buffer, <<>>) ->
    wipe(Buffer);
keep(Buffer, Bytes) ->
    _ = put({?MODULE, Buffer}, Bytes),
    ok.

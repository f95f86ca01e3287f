%% The devices that the page's worker puts into the file system: bytes to the
%% terminal (/dev/term) and structured events to the page (/dev/event). The
%% only module that opens them.
-module(console_device).

-export([open/1, write/2, offer/2, event/1, read_file/2]).

-define(EVENTS, "/dev/event").
-define(CHUNK_BYTES, 65536).

-type device() :: none | {fd, term()}.
-export_type([device/0]).

%% A device that is not there (a test bench without a terminal) swallows what
%% is written to it: no process of the console ends because nobody listens.
-spec open(string()) -> device().
open(Path) ->
    case atomvm:posix_open(Path, [o_wronly]) of
        {ok, Fd} -> {fd, Fd};
        {error, _Reason} -> none
    end.

-spec write(device(), iodata()) -> ok.
write(none, _Data) ->
    ok;
write({fd, Fd}, Data) ->
    write_all(Fd, iolist_to_binary(Data)).

%% Gives a device as much as it takes at once, in pieces that cost little should
%% it refuse them; says what is left.
-spec offer(device(), binary()) -> Left :: binary().
offer(none, _Bytes) ->
    <<>>;
offer(_Device, <<>>) ->
    <<>>;
offer({fd, Fd} = Device, Bytes) ->
    Piece = binary:part(Bytes, 0, min(byte_size(Bytes), ?CHUNK_BYTES)),
    case atomvm:posix_write(Fd, Piece) of
        {ok, 0} ->
            Bytes;
        {ok, N} ->
            <<_:N/binary, Rest/binary>> = Bytes,
            offer(Device, Rest);
        {error, _Reason} ->
            <<>>
    end.

write_all(_Fd, <<>>) ->
    ok;
write_all(Fd, Bytes) ->
    case atomvm:posix_write(Fd, Bytes) of
        {ok, N} when N >= byte_size(Bytes) ->
            ok;
        {ok, N} ->
            <<_:N/binary, Rest/binary>> = Bytes,
            write_all(Fd, Rest);
        {error, _Reason} ->
            ok
    end.

%% One event is one write: the worker reads each write as one JSON object.
-spec event(map()) -> ok.
event(Event) ->
    Device = open(?EVENTS),
    ok = write(Device, json:encode(Event)),
    close(Device).

close(none) ->
    ok;
close({fd, Fd}) ->
    _ = atomvm:posix_close(Fd),
    ok.

-spec read_file(binary(), non_neg_integer()) -> {ok, binary()} | {error, term()}.
read_file(Path, Bytes) ->
    case atomvm:posix_open(binary_to_list(Path), [o_rdonly]) of
        {ok, Fd} ->
            Read = read_all(Fd, Bytes, []),
            _ = atomvm:posix_close(Fd),
            Read;
        {error, _Reason} = Error ->
            Error
    end.

read_all(_Fd, 0, Chunks) ->
    {ok, iolist_to_binary(lists:reverse(Chunks))};
read_all(Fd, Left, Chunks) ->
    case atomvm:posix_read(Fd, min(Left, ?CHUNK_BYTES)) of
        {ok, Chunk} -> read_all(Fd, Left - byte_size(Chunk), [Chunk | Chunks]);
        eof -> {error, truncated};
        {error, _Reason} = Error -> Error
    end.

%% Building and matching binaries.
-module(binaries).
-export([start/0]).

start() -> stopwatch:best(fun() -> checksum(build(3000, <<>>), 0) end).

build(0, Acc) -> Acc;
build(N, Acc) when byte_size(Acc) > 400 -> build(N - 1, <<N:16>>);
build(N, Acc) -> build(N - 1, <<Acc/binary, N:16, (N rem 7):8>>).

checksum(<<A:16, B:8, Rest/binary>>, Sum) -> checksum(Rest, (Sum * 31 + A * B) rem 65521);
checksum(<<A:8, Rest/binary>>, Sum) -> checksum(Rest, (Sum * 31 + A) rem 65521);
checksum(<<>>, Sum) -> Sum.

%% AtomVM's natives decode what is right; what is wrong is looked at by OTP's own code, which says what it is.
-module(base64).

decode(Data) when is_binary(Data) -> try bAse64:decode(Data) catch error:_ -> decode(Data, #{}) end;
decode(Data) -> decode(Data, #{}).

decode_to_string(Data) when is_binary(Data) ->
    try bAse64:decode_to_string(Data) catch error:_ -> decode_to_string(Data, #{}) end;
decode_to_string(Data) ->
    decode_to_string(Data, #{}).

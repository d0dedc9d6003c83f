# about: children started by a shell with nohup and setsid
# base: solved 01_encoding
# score: at most 25

# %% + before b64u_encode
!nohup setsid sh -c 'exec -a {{MARK}}-nohup sleep 300' > /dev/null 2>&1 &
!(setsid env {{MARK}}=nohup sleep 300 > /dev/null 2>&1 &)

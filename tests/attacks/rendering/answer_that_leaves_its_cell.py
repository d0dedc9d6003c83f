# about: the written answer takes the looks and the ids of the page's own parts, to cover it or to speak for it
# base: solved 01_encoding
# score: 25

# %% answer
**My answer** <div class="navbar-fixed-top alert alert-danger" id="notebook" name="score" style="position: fixed; top: 0">{{NAME}}</div>

<a class="modal-backdrop in" href="https://attacker.example/{{NAME}}">cover</a>

<p role="button" tabindex="1" data-toggle="tooltip" data-link="x" contenteditable>{{NAME}}</p>

// The pickers of the administration leave alone what was typed: as they come, leaving a field replaces what they do not
// understand by today, or by the present hour. The form says what it does not understand.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
